/** What a note inside a package says of one picture. */
export interface LicenceNote {
  /** `PD`, `CC0-1.0`, `CC-BY-2.0`, … : see {@link normaliseLicence}. */
  readonly licence: string;
  readonly author: string;
  /** Address of the original, where the note gives one. */
  readonly source?: string;
}

/** One spelling for the licence names that packages write in several ways. */
export function normaliseLicence(text: string): string {
  const words = text.trim().replace(/\s+/g, '-');
  if (/^public-domain$/i.test(words)) return 'PD';
  return words;
}

/** True for licences under which weights trained on the picture may be published (with attribution where asked). */
export function isPublishable(licence: string): boolean {
  return /^(PD|CC0(-1\.0)?|CC-BY-\d\.\d|MIT|BSD-[23]-Clause|Apache-2\.0|WordNet-3\.0)$/.test(licence);
}

/**
 * Reads a README of paragraphs with `Copyright:`, `License:`, `Source:` fields and file names, on lines of their own
 * or after `Files:`.
 *
 * @returns notes by file name as written (a path relative to the README)
 */
export function readLicenceNotes(text: string): Map<string, LicenceNote> {
  const notes = new Map<string, LicenceNote>();
  for (const paragraph of text.split(/\r?\n\s*\r?\n/)) {
    const lines = paragraph.split(/\r?\n/).map((line) => line.trim());
    const licence = fieldOf(lines, 'License');
    if (!licence) continue;
    const source = fieldOf(lines, 'Source');
    const note: LicenceNote = {
      licence: normaliseLicence(licence),
      author: fieldOf(lines, 'Copyright') ?? 'unknown',
      ...(source ? { source } : {}),
    };
    for (const line of lines) {
      const file = line.replace(/^Files:\s*/, '');
      if (/^[^:\s]+\.(webp|png|jpe?g)$/i.test(file)) notes.set(file, note);
    }
  }
  return notes;
}

function fieldOf(lines: readonly string[], field: string): string | undefined {
  const line = lines.find((candidate) => candidate.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim() || undefined;
}
