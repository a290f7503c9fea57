import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId } from '../edits.ts';
import { objectIds } from '../edits.ts';
import type { CutoutSource } from './cutout-sources.ts';
import type { LicenceNote } from './licence.ts';
import { readZip } from './zip.ts';

/** The catalogues of sweethome3d-furniture: ZIP archives with an icon and a 3-D model of each object. */
export const catalogues: Readonly<Record<string, Omit<LicenceNote, 'author'>>> = {
  KatorLegaz: { licence: 'CC-BY-3.0', source: 'http://www.katorlegaz.com' },
  'BlendSwap-CC-0': { licence: 'CC0-1.0', source: 'http://www.blendswap.com' },
  'BlendSwap-CC-BY': { licence: 'CC-BY-3.0', source: 'http://www.blendswap.com' },
  Scopia: { licence: 'CC-BY-3.0', source: 'http://www.scopia.es' },
  Reallusion: { licence: 'CC-BY-3.0', source: 'http://www.reallusion.com' },
};

/** Which icons show which noun, by catalogue; chosen by eye. */
const iconsOfObject: Readonly<Partial<Record<ObjectId, Readonly<Record<string, string>>>>> = {
  car: {
    KatorLegaz: 'concept-sedan-01v2 concept-sedan-02 VW-new-beetle',
    'BlendSwap-CC-BY': 'carrito-de-madera fordFocus',
    Scopia: 'seat_leon peugeot-308 renault-scenic suv chevrolet smart-car',
  },
  bus: { Scopia: 'bus cityBus' },
  umbrella: { 'BlendSwap-CC-0': 'umbrella umbrellaFolded' },
  cup: {
    KatorLegaz: 'coffee-mug',
    'BlendSwap-CC-0': 'caffe_final plasticCup',
    'BlendSwap-CC-BY': 'coffee_cup',
    Scopia: 'cup',
  },
  chair: {
    KatorLegaz: 'cafe-chair dining-chair office-chair',
    'BlendSwap-CC-0':
      'oakChair sillaBlanca antiqueChair chairWithCushion chair2 osakaChair designChair thonet',
    'BlendSwap-CC-BY': 'childChair ella_chair_f plaidChair chair3 chair4',
    Scopia: 'silla_teca chair3 plastic_chair children_chair',
  },
  ball: { 'BlendSwap-CC-0': 'basketball', 'BlendSwap-CC-BY': 'ballonFoot' },
  flower: {
    'BlendSwap-CC-0': 'orchids',
    'BlendSwap-CC-BY': 'tulip tulips white_lily',
    Scopia: 'calla_lily_with_roses',
  },
  hat: { Scopia: 'casquette chapeau' },
  boat: { 'BlendSwap-CC-BY': 'rowboat' },
  bicycle: { 'BlendSwap-CC-BY': 'bike', Scopia: 'bicycle' },
  dog: { 'BlendSwap-CC-BY': 'bulldog', Scopia: 'dog' },
  cat: { 'BlendSwap-CC-BY': 'siameseCat', Scopia: 'cat' },
  bird: { 'BlendSwap-CC-0': 'chicken' },
};

/** Rendered icons (128 pixels square) of the furniture catalogues. */
export async function furnitureCutouts(folder: string): Promise<CutoutSource[]> {
  const sources: CutoutSource[] = [];
  for (const [catalogue, note] of Object.entries(catalogues)) {
    const inside = `usr/share/sweethome3d/furniture/${catalogue}.sh3f`;
    const files = readZip(await readFile(join(folder, inside)));
    const properties = files.get('PluginFurnitureCatalog.properties')?.read().toString('latin1') ?? '';
    const creators = creatorsByIcon(properties);
    for (const object of objectIds) {
      for (const name of iconsOfObject[object]?.[catalogue]?.split(' ') ?? []) {
        const path = `${catalogue.toLowerCase()}/${name}.png`;
        const file = files.get(path);
        if (!file) throw new Error(`expected ${path} in ${catalogue}.sh3f, came no such file`);
        sources.push({
          id: `sweethome3d-furniture:${catalogue}/${name}`,
          package: 'sweethome3d-furniture',
          path: `${inside}!${path}`,
          name,
          object,
          family: `${catalogue}/${name}`,
          isTrainingOnly: false,
          note: { ...note, author: creators.get(`/${path}`) ?? catalogue },
          read: async () => file.read(),
        });
      }
    }
  }
  return sources;
}

/** Reads `icon#7=/folder/name.png` and `creator#7=Name` lines into creators by icon path. */
export function creatorsByIcon(properties: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of properties.split(/\r?\n/)) {
    const match = /^((?:icon|creator)#\d+)=(.*)$/.exec(line);
    if (match?.[1]) fields.set(match[1], (match[2] ?? '').trim());
  }
  const creators = new Map<string, string>();
  for (const [field, icon] of fields) {
    if (!field.startsWith('icon#')) continue;
    const creator = fields.get(field.replace('icon', 'creator'));
    if (creator) creators.set(icon, creator);
  }
  return creators;
}
