/** Command: measures the embedded weights on pictures that nothing was trained on. `npm run evaluate -- <target>`. */
import { AppError } from '@darkroom/shared/errors';
import { partOf, readWords } from './command-words.ts';
import { captionTarget } from './evaluate/caption/caption-target.ts';
import { editTarget } from './evaluate/edit-target.ts';
import type { Target } from './evaluate/target.ts';
import { vaeTarget } from './evaluate/vae-target.ts';
import { detectTarget } from './evaluate/vision/detect-target.ts';
import { regionTarget } from './evaluate/vision/region-target.ts';
import { segmentTarget } from './evaluate/vision/segment-target.ts';

const targets = {
  vae: vaeTarget,
  edit: editTarget,
  segment: segmentTarget,
  detect: detectTarget,
  region: regionTarget,
  caption: captionTarget,
} satisfies Readonly<Record<string, Target>>;
const names = Object.keys(targets) as (keyof typeof targets)[];

const usage = `Measures the embedded weights on held-out pictures. Needs the pictures of "npm run data:fetch".

${names.map((name) => `npm run evaluate -- ${name.padEnd(8)} ${targets[name].summary}`).join('\n')}

npm run evaluate -- <target> --help tells the options of one. Exits with 1 where a goal is missed.`;

const [first, ...words] = process.argv.slice(2);

const name =
  first === undefined || first === '--help' ? undefined : readWords('evaluate', () => partOf([first], names));

if (name === undefined) {
  console.log(usage);
  process.exitCode = first === undefined ? 2 : 0;
} else if (words.includes('--help')) {
  console.log(targets[name].usage);
} else {
  const measure = readWords('evaluate', () => targets[name].prepare(words));
  try {
    if (!(await measure())) process.exitCode = 1;
  } catch (error) {
    // A model or a picture that is not there is told in a line; anything else is a mistake in here, and whole.
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`evaluate: ${error.message}\n`);
    process.exitCode = 2;
  }
}
