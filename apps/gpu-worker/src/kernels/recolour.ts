/**
 * Recolouring what a mask shows. The network is asked about the part of the photo around it, and knows better which colour is
 * meant than where: its answer is a patch of the right colour somewhere in the region. So the region's colour map is fitted to
 * its own answer, most to the places that it changed most, and painted wherever the mask is.
 */
import { type DiffusionModel, recolourPrompt } from '../diffusion/diffusion-model.ts';
import type { PlaneSize } from '../diffusion/latents.ts';
import { edit as startEdit } from '../diffusion/pipelines.ts';
import { decodeLatent, encodeImage } from '../diffusion/vae.ts';
import { applyColourMap, type ColourMap, fitColourMap } from '../image/colour-map.ts';
import type { Float32Image, Raster } from '../image/raster.ts';
import type { Box } from '../vision/boxes.ts';
import { cutOut } from '../vision/cut-out.ts';
import { wantedColour } from './colour-words.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { cutOutMask, type Mask, maskPlanes, weightBox } from './mask.ts';
import { latentSize, toFloat32Image, workingPhoto } from './photo.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

type EditJob = JobOf<'edit'>;

/** How much of the region's longer side is shown around it. */
const margin = 0.3;
/** Least strength of an answer that has seen what is meant; below it the client's own words are tried too. */
const plainStrength = 0.15;

/** A photo of which a part is recoloured. */
export interface MaskedPhoto {
  readonly model: DiffusionModel;
  readonly original: Raster;
  readonly mask: Mask;
}

/** How a model is asked to recolour what a mask shows; undefined where the job asks for something else, or the model needs no help. */
export function recolouringPrompt({ prompt, region }: EditJob, model: DiffusionModel): string | undefined {
  const colour =
    wantedColour(prompt.original, region?.text) ?? wantedColour(prompt.enhanced ?? '', region?.text);
  return colour && recolourPrompt(model, colour);
}

/** The part of a photo that the network is shown. */
interface ShownPart {
  readonly model: DiffusionModel;
  /** Of the latents. */
  readonly size: PlaneSize;
  readonly latent: Float32Array;
  /** The part as it comes back from its latents. */
  readonly before: Float32Image;
  /** Which pixels of `before` belong to the region, 0 or 1. */
  readonly region: Float32Array;
}

/**
 * Recolours what the mask shows, for each of the job's pictures; the other pixels are the photo's own.
 * @param prompt how the network is asked first
 */
export async function* recolour(
  job: EditJob,
  photo: MaskedPhoto,
  { prompt, context }: { readonly prompt: string; readonly context: KernelContext },
): AsyncGenerator<JobEvent, Raster[]> {
  const { original, mask } = photo;
  const box = weightBox(mask);
  if (!box) return Array.from({ length: job.count }, () => original);
  const part = await showPart(photo, grown(box, original), context);
  const pictures: Raster[] = [];
  for (let index = 0; index < job.count; index++) {
    let map = yield* askFor(prompt, { job, index, part, context });
    if ((map?.strength ?? 0) < plainStrength) {
      const own = job.prompt.enhanced ?? job.prompt.original;
      const other = await silently(askFor(own, { job, index, part, context }));
      if ((other?.strength ?? 0) > (map?.strength ?? 0)) map = other;
    }
    pictures.push(map ? applyColourMap(original, mask.data, map) : original);
  }
  return pictures;
}

function grown([left, top, right, bottom]: Box, { width, height }: Raster): Box {
  const more = Math.ceil(margin * Math.max(right - left, bottom - top));
  return [
    Math.max(0, left - more),
    Math.max(0, top - more),
    Math.min(width, right + more),
    Math.min(height, bottom + more),
  ];
}

async function showPart(
  { model, original, mask }: MaskedPhoto,
  box: Box,
  { store }: KernelContext,
): Promise<ShownPart> {
  const working = await workingPhoto(cutOut(original, box), model);
  const size = latentSize(working, model);
  const { mean: latent } = await encodeImage(store, model.vae, working);
  const before = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: latent }));
  const { data: region } = await maskPlanes(cutOutMask(mask, box), working);
  return { model, size, latent, before, region };
}

/** The result of work whose steps were counted already. */
async function silently<T>(work: AsyncGenerator<JobEvent, T>): Promise<T> {
  for (;;) {
    const turn = await work.next();
    if (turn.done) return turn.value;
  }
}

interface Question {
  readonly job: EditJob;
  readonly index: number;
  readonly part: ShownPart;
  readonly context: KernelContext;
}

/** What the network makes of the region when it is asked so. */
async function* askFor(
  words: string,
  { job, index, part, context }: Question,
): AsyncGenerator<JobEvent, ColourMap | undefined> {
  const { model, size, latent, before, region } = part;
  const asked: EditJob = { ...job, prompt: { original: words, enhanced: null } };
  const run = runOf(await prepareRun(asked, model, { context, size }), job, index);
  const answer = yield* followSteps(startEdit(run, latent), run, { job, index, context });
  const after = await decodeLatent(context.store, model.vae, { ...size, data: answer });
  return fitColourMap(before, toFloat32Image(after), region);
}
