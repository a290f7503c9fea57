import type { LicenceNote } from './licence.ts';
import type { PackagePin } from './packages.ts';

/** A stored picture and what its package says of it. */
export interface CreditedPicture {
  readonly id: string;
  readonly package: string;
  readonly note: LicenceNote;
}

/** Header of the attribution table. */
export const attributionColumns: readonly string[] = [
  'package',
  'version',
  'sha256',
  'use',
  'licence',
  'author',
  'source',
  'pictures',
];

/**
 * Writes the table of everything that was used: one row per package, licence, author and source, naming its pictures.
 *
 * @returns tab-separated text with a header line
 * @throws Error when a picture's package isn't pinned.
 */
export function attributionTable(pins: readonly PackagePin[], pictures: readonly CreditedPicture[]): string {
  const rows = new Map<string, { cells: readonly string[]; names: string[] }>();
  for (const picture of pictures) {
    const pin = pins.find((candidate) => candidate.name === picture.package);
    if (!pin) throw new Error(`expected a pinned package of ${picture.id}, came "${picture.package}"`);
    const { licence, author, source } = picture.note;
    const cells = [pin.name, pin.version, pin.sha256, pin.role, licence, author, source ?? ''].map(plain);
    const key = cells.join('\t');
    const row = rows.get(key) ?? { cells, names: [] };
    row.names.push(plain(picture.id.slice(pin.name.length + 1)));
    rows.set(key, row);
  }
  const lines = [...rows.values()].map(({ cells, names }) => [...cells, names.join(' ')].join('\t'));
  return `${[attributionColumns.join('\t'), ...lines].join('\n')}\n`;
}

function plain(cell: string): string {
  return cell.replace(/\s+/g, ' ').trim();
}
