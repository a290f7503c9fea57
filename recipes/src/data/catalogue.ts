import type { CutoutSource } from './cutout-sources.ts';
import { fluent3dCutouts, iconCutouts } from './cutout-sources.ts';
import { packageFolder } from './download.ts';
import { evaluationPhotos } from './evaluation-sources.ts';
import { furnitureCutouts } from './furniture-sources.ts';
import { iconSets, trainingIconSets } from './icon-sets.ts';
import { furnitureObjects, groundObjects, iconObjects, type ObjectSource } from './matte-sources.ts';
import { type PackagePin, packagePins } from './packages.ts';
import {
  enlightenmentPhotos,
  gcomprisPhotos,
  libjxlPhotos,
  lomiriPhotos,
  type PhotoSource,
} from './photo-sources.ts';
import { visionPhotos } from './vision-photos.ts';

type Lister<Source> = (folder: string) => Source[] | Promise<Source[]>;

/** How to list the photos of each package, from the folder with its unpacked files. */
const photoListers: Readonly<Record<string, Lister<PhotoSource>>> = {
  'gcompris-qt-data': gcomprisPhotos,
  'lomiri-wallpapers-16.04': lomiriPhotos,
  'libjxl-testdata': libjxlPhotos,
  'enlightenment-data': enlightenmentPhotos,
  ...Object.fromEntries(
    packagePins
      .filter((pin) => pin.role === 'evaluation')
      .map(({ name }) => [
        name,
        (folder: string) => [...evaluationPhotos(name, folder), ...visionPhotos(name, folder)],
      ]),
  ),
};

/** How to list the cut-outs of each package. */
const cutoutListers: Readonly<Record<string, Lister<CutoutSource>>> = {
  'sweethome3d-furniture': furnitureCutouts,
  '@lobehub/fluent-emoji-3d': fluent3dCutouts,
  ...Object.fromEntries(
    [...iconSets, ...trainingIconSets].map((set) => [
      set.package,
      (folder: string) => iconCutouts(set, folder),
    ]),
  ),
};

/** How to list the objects of each package. */
const objectListers: Readonly<Record<string, Lister<ObjectSource>>> = {
  'gcompris-qt-data': groundObjects,
  'sweethome3d-furniture': furnitureObjects,
  ...Object.fromEntries(iconSets.map((set) => [set.package, (folder: string) => iconObjects(set, folder)])),
};

/** Every photo of the unpacked packages, in the order of the pins. */
export function photoSources(cache: string, pins: readonly PackagePin[]): Promise<PhotoSource[]> {
  return listAll(cache, pins, photoListers);
}

/** Every cut-out of the unpacked packages, in the order of the pins. */
export function cutoutSources(cache: string, pins: readonly PackagePin[]): Promise<CutoutSource[]> {
  return listAll(cache, pins, cutoutListers);
}

/** Every object of the unpacked packages, in the order of the pins. */
export function objectSources(cache: string, pins: readonly PackagePin[]): Promise<ObjectSource[]> {
  return listAll(cache, pins, objectListers);
}

async function listAll<Source>(
  cache: string,
  pins: readonly PackagePin[],
  listers: Readonly<Record<string, Lister<Source>>>,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const pin of pins) sources.push(...((await listers[pin.name]?.(packageFolder(cache, pin))) ?? []));
  return sources;
}
