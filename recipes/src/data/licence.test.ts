import { expect, test } from 'vitest';
import { isPublishable, normaliseLicence, readLicenceNotes } from './licence.ts';

const readme = `Copyright: Someone Else
License: CC-BY-SA 4.0
Files:
map.svg
wonders/temple.webp

Files: pika.webp
License: Public domain
Copyright: Park Service
Comments: cropping

Copyright: A. Photographer
Source: https://example.org/File:Kitten.jpg
License: CC-BY 2.0
Files:
kitten.webp
sound.ogg
`;

test('notes are read whichever way a paragraph is ordered', () => {
  const notes = readLicenceNotes(readme);
  expect([...notes.keys()]).toEqual(['wonders/temple.webp', 'pika.webp', 'kitten.webp']);
  expect(notes.get('pika.webp')).toEqual({ licence: 'PD', author: 'Park Service' });
  expect(notes.get('kitten.webp')).toEqual({
    licence: 'CC-BY-2.0',
    author: 'A. Photographer',
    source: 'https://example.org/File:Kitten.jpg',
  });
});

test.each(['Public Domain', 'CC0-1.0', 'CC-BY 2.0', 'CC-BY-4.0', 'MIT', 'Apache-2.0', 'BSD-3-Clause'])(
  'weights trained on %s pictures may be published',
  (licence) => {
    expect(isPublishable(normaliseLicence(licence))).toBe(true);
  },
);

test.each(['CC-BY-SA 4.0', 'CC-BY-SA-3.0', 'CC-BY-NC-4.0', 'GPLv2+', 'GPL-3+', 'unknown', ''])(
  'weights trained on %s pictures may not',
  (licence) => {
    expect(isPublishable(normaliseLicence(licence))).toBe(false);
  },
);
