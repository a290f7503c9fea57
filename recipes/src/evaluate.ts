/** Command: measures the embedded weights on held-out photos and wordings. `npm run evaluate -- edit`. */
import { parseArgs } from 'node:util';
import { openCutouts, openPhotos } from './data/store.ts';
import { type EditId, editIds } from './edits.ts';
import { type Answer, type Shown, scoreEdits, shareRight } from './evaluate/edit-quality.ts';
import { openEditor } from './evaluate/editor.ts';
import { guidanceCurves, unguidedFidelity } from './evaluate/guidance-curves.ts';
import { writeSheet } from './evaluate/sheet.ts';
import { vaeFidelity } from './evaluate/vae-fidelity.ts';

const usage = `Measures weights/edit on held-out photos and wordings. Needs the pictures of "npm run data:fetch".

npm run evaluate -- vae    how well photos survive the autoencoder
npm run evaluate -- edit [--model weights/edit] [--photos 8] [--only night,snow] [--guidance 2] [--sheet sheet.jpg] [--json]

  --photos <n>     photos per edit, each with one English and one Chinese wording
  --only <ids>     some of: ${editIds.join(' ')}
  --guidance <n>   photos per probe of the guidance scales; 0 leaves them out
  --verbose        print what each wrong answer measured
Exits with 1 when fewer than 85 % of all answers, or 60 % of one edit's, are right.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'weights/edit' },
    cache: { type: 'string', default: 'recipes/.cache' },
    photos: { type: 'string', default: '8' },
    guidance: { type: 'string', default: '2' },
    only: { type: 'string' },
    sheet: { type: 'string' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

switch (values.help ? 'help' : positionals[0]) {
  case 'edit':
    await evaluateEdit();
    break;
  case 'vae':
    await evaluateVae();
    break;
  default:
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
}

async function evaluateVae(): Promise<void> {
  const figures = await vaeFidelity(values.model, await openPhotos(values.cache, ['heldout', 'evaluation']));
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  if (values.json) console.log(JSON.stringify({ psnr: figures, mean }));
  else
    console.log(
      `autoencoder: ${mean.toFixed(1)} dB mean PSNR over ${figures.length} photos, ${Math.min(...figures).toFixed(1)} dB the worst`,
    );
}

async function evaluateEdit(): Promise<void> {
  const editor = await openEditor(values.model);
  const sources = {
    photos: await openPhotos(values.cache, ['heldout', 'evaluation']),
    cutouts: await openCutouts(values.cache, ['heldout']),
  };
  const print = values.json ? () => undefined : console.log;
  const shown: Shown[] = [];
  const all: Answer[] = [];
  const shares: Record<string, number> = {};
  const ids = values.only?.split(',') as EditId[] | undefined;
  const plan = {
    photos: Number(values.photos),
    ...(ids && { ids }),
    show: (item: Shown) => shown.push(item),
  };
  for await (const { id, answers } of scoreEdits(editor, sources, plan)) {
    const share = shareRight(answers);
    shares[id] = share;
    all.push(...answers);
    const distance = answers.reduce((sum, answer) => sum + answer.toTeacher, 0) / answers.length;
    print(
      `${id.padEnd(16)} ${(100 * share).toFixed(0).padStart(3)} % of ${answers.length}   ΔE to teacher ${distance.toFixed(1)}`,
    );
    if (values.verbose)
      for (const answer of answers) if (!answer.ok) print(`  ✗ ${answer.instruction}  ${describe(answer)}`);
  }
  const overall = shareRight(all);
  print(`all edits        ${(100 * overall).toFixed(1)} % of ${all.length}`);
  const report: Record<string, unknown> = { overall, shares, answers: all };
  const probes = Number(values.guidance);
  if (probes > 0) {
    report['curves'] = await guidanceCurves(editor, sources, probes);
    for (const curve of report['curves'] as Awaited<ReturnType<typeof guidanceCurves>>) {
      print(
        `${curve.knob} ${curve.values.join(' ')}: ΔE to the photo ${curve.distances.map((d) => d.toFixed(1)).join(' ')}, rank correlation ${curve.correlation.toFixed(2)}`,
      );
    }
    const fidelities = await unguidedFidelity(editor, sources, probes);
    report['unguided'] = fidelities;
    print(`guidanceScale 0: PSNR to the photo ${Math.min(...fidelities).toFixed(1)} dB at least`);
  }
  if (values.sheet) await writeSheet(shown, values.sheet);
  if (values.json) console.log(JSON.stringify(report));
  const passed = overall >= 0.85 && Object.values(shares).every((share) => share >= 0.6);
  if (!passed) process.exitCode = 1;
}

function describe({ photo, figures }: Answer): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return `${shown.join(', ')} (${photo.split('/').at(-1)})`;
}
