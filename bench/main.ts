#!/usr/bin/env node
// `npm run bench [-- <name> …]`: measures this machine.
import { parseArgs } from 'node:util';
import { benchEdge } from './edge.ts';
import { benchTraining } from './training.ts';
import { benchUnet } from './unet.ts';
import { benchVision, visionDetails } from './vision.ts';

interface Benchmark {
  readonly about: string;
  readonly run: () => Promise<object>;
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  edge: {
    about: 'requests to the edge beside bare Hono, and jobs on their way to a worker (a minute)',
    run: benchEdge,
  },
  training: { about: 'a training step of the edit UNet, in forward passes', run: benchTraining },
  unet: { about: 'a forward pass of a UNet of Stable Diffusion 1.5’s size (8 GB, a minute)', run: benchUnet },
  vision: {
    about: 'an image encoder of SAM-B’s size beside transformers.js, and clicks on a photo (4 GB, minutes)',
    run: benchVision,
  },
};

const list = Object.entries(benchmarks).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`);
const help = `Usage: npm run bench [-- <name> …] [--json]

${list.join('\n')}

Without a name all of them run, in this order.

${visionDetails}`;

async function main(): Promise<number> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) {
    console.error(`unknown benchmark ${JSON.stringify(unknown)}\n\n${help}`);
    return 2;
  }
  const results: Record<string, object> = {};
  for (const [name, { about, run }] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (!values.json) console.log(`${name}: ${about}`);
    const figures = await run();
    results[name] = figures;
    if (!values.json) printFigures(figures);
  }
  if (values.json) console.log(JSON.stringify(results));
  return 0;
}

function printFigures(figures: object): void {
  for (const [name, value] of Object.entries(figures)) {
    const shown = Number.isInteger(value) ? value.toLocaleString('en') : Number(value).toPrecision(4);
    console.log(`  ${name.padEnd(22)} ${shown}`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
