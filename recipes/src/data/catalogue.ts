import type { CutoutSource } from './cutout-sources.ts';
import { fluent3dCutouts, iconCutouts } from './cutout-sources.ts';
import { packageFolder } from './download.ts';
import type { PackagePin } from './packages.ts';
import {
  enlightenmentPhotos,
  gcomprisPhotos,
  libjxlPhotos,
  lomiriPhotos,
  type PhotoSource,
} from './photo-sources.ts';

/** How to list the photos of each package, from the folder with its unpacked files. */
const photoListers: Readonly<Record<string, (folder: string) => PhotoSource[] | Promise<PhotoSource[]>>> = {
  'gcompris-qt-data': gcomprisPhotos,
  'lomiri-wallpapers-16.04': lomiriPhotos,
  'libjxl-testdata': libjxlPhotos,
  'enlightenment-data': enlightenmentPhotos,
};

/** How to list the cut-outs of each package. */
const cutoutListers: Readonly<Record<string, (folder: string) => CutoutSource[] | Promise<CutoutSource[]>>> =
  {
    '@lobehub/fluent-emoji-3d': fluent3dCutouts,
    '@iconify-json/noto': (folder) =>
      iconCutouts('@iconify-json/noto', folder, { licence: 'Apache-2.0', author: 'Google Inc.' }),
    '@iconify-json/fluent-emoji': (folder) =>
      iconCutouts('@iconify-json/fluent-emoji', folder, { licence: 'MIT', author: 'Microsoft Corporation' }),
  };

/** Every photo of the unpacked packages, in the order of the pins. */
export function photoSources(cache: string, pins: readonly PackagePin[]): Promise<PhotoSource[]> {
  return listAll(cache, pins, photoListers);
}

/** Every cut-out of the unpacked packages, in the order of the pins. */
export function cutoutSources(cache: string, pins: readonly PackagePin[]): Promise<CutoutSource[]> {
  return listAll(cache, pins, cutoutListers);
}

async function listAll<Source>(
  cache: string,
  pins: readonly PackagePin[],
  listers: Readonly<Record<string, (folder: string) => Source[] | Promise<Source[]>>>,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const pin of pins) sources.push(...((await listers[pin.name]?.(packageFolder(cache, pin))) ?? []));
  return sources;
}
