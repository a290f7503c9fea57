/** What the detector sees of the training pictures, kept in files: made once, read by every run. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { worn } from '../../compositions/wear.ts';
import { type Dice, dice } from '../../dice.ts';
import type { Pixels } from '../../pixels.ts';
import { keepPlan } from '../run-folder.ts';
import { CellReader } from './cell-reader.ts';
import type { CaptionNetwork } from './network.ts';
import { packCells } from './packed-cells.ts';
import { drawPicture, openPictureSources, type PictureFacts } from './pictures.ts';

/** A picture that was seen. */
export interface SeenPicture {
  readonly facts: PictureFacts;
  /** See packCells. */
  readonly cells: Uint8Array;
}

/** Where shards are and what is in them. */
export interface ShardPlan {
  readonly folder: string;
  /** Folder of the stores. */
  readonly cache: string;
  /** Folder of the detector's weights. */
  readonly detector: string;
  readonly network: CaptionNetwork;
  readonly seed: number;
  readonly pictures: number;
}

const shardPictures = 100;
/** Raised when pictures are drawn otherwise. */
const drawingVersion = 1;
/** Kept apart from the numbers that draw a picture. */
const wearSeed = 7919;
/** Share of pictures that are worn; it is half of the work. */
const wornShare = 0.25;

type Report = (done: number, total: number, figures: Readonly<Record<string, number>>) => void;

/** Makes the shards that are missing, then reads all. */
export async function seenPictures(plan: ShardPlan, report: Report): Promise<SeenPicture[]> {
  await mkdir(plan.folder, { recursive: true });
  const { seed, network } = plan;
  await keepPlan(plan.folder, { drawing: drawingVersion, seed, side: network.vision_config.image_size });
  const count = Math.ceil(plan.pictures / shardPictures);
  const missing = Array.from({ length: count }, (_, i) => i).filter((i) => !existsSync(factsFile(plan, i)));
  if (missing.length > 0) await makeShards(plan, missing, report);
  const seen: SeenPicture[] = [];
  for (let shard = 0; shard < count; shard++) seen.push(...(await readShard(plan, shard)));
  return seen.slice(0, plan.pictures);
}

function factsFile({ folder }: ShardPlan, shard: number): string {
  return join(folder, `seen-${shard}.json`);
}

function cellsFile({ folder }: ShardPlan, shard: number): string {
  return join(folder, `seen-${shard}.bin`);
}

async function makeShards(plan: ShardPlan, shards: readonly number[], report: Report): Promise<void> {
  const sources = await openPictureSources(plan.cache, 'train');
  await using reader = await CellReader.open(plan.detector, plan.network.vision_config);
  let done = 0;
  for (const shard of shards) {
    const facts: PictureFacts[] = [];
    const packed: Uint8Array[] = [];
    for (let i = 0; i < shardPictures; i++) {
      const index = shard * shardPictures + i;
      const { image, facts: shown } = drawPicture(sources, plan.seed, index);
      packed.push(packCells(await reader.read(await rasterOf(image, dice(plan.seed + wearSeed, index)))));
      facts.push(shown);
      report(++done, shards.length * shardPictures, {});
    }
    await writeFile(cellsFile(plan, shard), Buffer.concat(packed));
    // The facts come last and at once: where they are, the cells are whole.
    await writeFile(`${factsFile(plan, shard)}.partial`, JSON.stringify(facts));
    await rename(`${factsFile(plan, shard)}.partial`, factsFile(plan, shard));
  }
}

async function rasterOf(image: Pixels, random: Dice): Promise<Raster> {
  const { width, height } = image;
  const data =
    random() < wornShare
      ? await worn(image, random)
      : Uint8Array.from(image.data, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  return { width, height, channels: 3, data };
}

async function readShard(plan: ShardPlan, shard: number): Promise<SeenPicture[]> {
  const facts = JSON.parse(await readFile(factsFile(plan, shard), 'utf8')) as PictureFacts[];
  const cells = await readFile(cellsFile(plan, shard));
  const size = cells.length / facts.length;
  return facts.map((fact, i) => ({ facts: fact, cells: cells.subarray(i * size, (i + 1) * size) }));
}
