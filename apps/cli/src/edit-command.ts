// The edit command: an instruction, and where in the photo it is to be followed.
import { randomInt } from 'node:crypto';
import { formatBytes, formatDuration } from '@darkroom/gpu-worker/models/hub-progress';
import { EDIT_HELP, type EditArguments, parseEditArguments } from './edit-arguments.ts';
import { chooseOutput, type OutputPlace, writePictures } from './output-place.ts';
import type { PhotoCommand } from './photo-command.ts';

/** A random seed is short enough to be typed again. */
const seedLimit = 2 ** 32;

type SeededArguments = EditArguments & { readonly seed: number };

export const editCommand: PhotoCommand<SeededArguments, OutputPlace> = {
  kind: 'edit',
  help: EDIT_HELP,
  parse(words, place) {
    const asked = parseEditArguments(words, place);
    return asked && { ...asked, seed: asked.seed ?? randomInt(seedLimit) };
  },
  firstView: (asked) => ({
    prompt: { original: asked?.prompt ?? '', enhanced: null },
    seed: asked?.seed ?? null,
  }),
  prepare: (asked, type) => chooseOutput(asked, type),
  wish(asked, { format }) {
    const { prompt, steps, guidanceScale, imageGuidanceScale, scheduler, model, seed, region, feather } =
      asked;
    const sampling = { steps, guidanceScale, imageGuidanceScale, scheduler, seed };
    return { prompt, ...sampling, model, region, feather, format };
  },
  maskFile: ({ mask }) => mask,
  write: (place, { pictures }) => writePictures(pictures.slice(0, 1).map((picture) => ({ place, picture }))),
  tell({ outputs, seed }, startedAtMs) {
    const took = formatDuration(Date.now() - startedAtMs);
    const lines = outputs.map(({ width, height, bytes, maskReport }) => {
      const kept =
        maskReport && `${maskReport.changedOutside} of ${maskReport.outsidePixels} pixels outside changed`;
      const facts = [`${width}×${height}`, formatBytes(bytes), `seed ${seed}`, ...(kept ? [kept] : []), took];
      return `${facts.join(', ')}\n`;
    });
    return { err: lines.join(''), out: outputs.map(({ path }) => `${path}\n`).join('') };
  },
};
