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

/** How much is shown around the region: at least a part of its longer side, and a part of each side. */
interface View {
  readonly ofLonger: number;
  readonly ofOwn: number;
}

/** Views, try by try: what the network does not see in one of them it mostly sees in another. */
const views = [
  { ofLonger: 0.3, ofOwn: 0 },
  { ofLonger: 0.15, ofOwn: 0.3 },
  { ofLonger: 0.12, ofOwn: 0 },
  { ofLonger: 0.7, ofOwn: 0 },
] as const satisfies readonly View[];
/** From this strength on an answer has seen what is meant: answers that have lie near 0.9, those that have not near 0. */
const sureStrength = 0.4;
/** Below this strength nothing was seen in any view, and the last try is guided more strongly. */
const blindStrength = 0.1;
const blindGuidance = 3;
/** By how much an answer to the client's own words must be stronger: they may name something that the model does not know. */
const doubt = 1.5;

/** One way to ask. */
interface Try {
  readonly words: string;
  readonly view: View;
  readonly guidanceScale?: number;
}

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
  const parts = new Map<View, ShownPart>();
  const partOf = async (view: View): Promise<ShownPart> => {
    const part = parts.get(view) ?? (await showPart(photo, viewed(box, view, original), context));
    parts.set(view, part);
    return part;
  };
  const pictures: Raster[] = [];
  for (let index = 0; index < job.count; index++) {
    let best: ColourMap | undefined;
    for (const [turn, { view, ...asked }] of triesOf(job, prompt).entries()) {
      const strength = best?.strength ?? 0;
      if (strength >= (asked.guidanceScale === undefined ? sureStrength : blindStrength)) continue;
      const asking = askFor({ ...job, ...asked }, { index, part: await partOf(view), context });
      const map: ColourMap | undefined = turn === 0 ? yield* asking : await silently(asking);
      if (map && map.strength > strength * (asked.words === prompt ? 1 : doubt)) best = map;
    }
    pictures.push(best ? applyColourMap(original, mask.data, best) : original);
  }
  return pictures;
}

function triesOf(job: EditJob, prompt: string): Try[] {
  const own = { words: job.prompt.enhanced ?? job.prompt.original, view: views[0] };
  const guidanceScale = job.guidanceScale ?? blindGuidance;
  return [...views.map((view) => ({ words: prompt, view })), own, { ...own, guidanceScale }];
}

/** What is shown of the photo. */
function viewed([left, top, right, bottom]: Box, { ofLonger, ofOwn }: View, { width, height }: Raster): Box {
  const [across, down] = [right - left, bottom - top];
  const least = ofLonger * Math.max(across, down);
  const [x, y] = [Math.ceil(Math.max(least, ofOwn * across)), Math.ceil(Math.max(least, ofOwn * down))];
  return [
    Math.max(0, left - x),
    Math.max(0, top - y),
    Math.min(width, right + x),
    Math.min(height, bottom + y),
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
  readonly index: number;
  readonly part: ShownPart;
  readonly context: KernelContext;
}

/** What the network makes of the region when it is asked so. */
async function* askFor(
  { words, ...job }: EditJob & Pick<Try, 'words'>,
  { index, part, context }: Question,
): AsyncGenerator<JobEvent, ColourMap | undefined> {
  const { model, size, latent, before, region } = part;
  const asked: EditJob = { ...job, prompt: { original: words, enhanced: null } };
  const run = runOf(await prepareRun(asked, model, { context, size }), job, index);
  const answer = yield* followSteps(startEdit(run, latent), run, { job, index, context });
  const after = await decodeLatent(context.store, model.vae, { ...size, data: answer });
  return fitColourMap(before, toFloat32Image(after), region);
}
