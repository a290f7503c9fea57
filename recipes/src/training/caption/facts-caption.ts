/** From what is known about a picture to the sentence that it should get. */
import { type Group, placeBefore, sceneCaption } from './grammar.ts';
import { type Noun, nounOfStored } from './nouns.ts';
import type { PhotoCaptions } from './photo-captions.ts';
import type { PictureFacts } from './pictures.ts';

/** More kinds of things than these go unsaid. */
const mostGroups = 2;

/** @throws Error for a photo without a caption */
export function captionOf({ photo, things }: PictureFacts, captions: PhotoCaptions): string {
  const ofPhoto = captions.get(photo);
  if (!ofPhoto) throw new Error(`photo-captions.tsv: expected a caption of ${photo}, came none`);
  const groups = groupsOf(things);
  return groups.length === 0 ? ofPhoto : sceneCaption(groups, placeBefore(ofPhoto));
}

/** Things of one noun together, in the order of their first. */
export function groupsOf(things: PictureFacts['things']): Group[] {
  const byNoun = new Map<Noun, (string | undefined)[]>();
  for (const { stored, colour } of things) {
    const noun = nounOfStored(stored);
    if (noun) byNoun.set(noun, [...(byNoun.get(noun) ?? []), colour]);
  }
  return [...byNoun].slice(0, mostGroups).map(([noun, colours]) => {
    const [first] = colours;
    const isEven = first && colours.every((colour) => colour === first);
    return { noun, count: colours.length, ...(isEven && { colour: first }) };
  });
}
