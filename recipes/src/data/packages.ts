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

/** Every package that the data engine reads (Debian 12 `main`, architecture amd64 where one matters, and npm). */
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
