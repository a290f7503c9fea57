/** Runs all held-out cases through the model and counts what the rules call right. */
import { type EditId, editIds } from '../edits.ts';
import type { Pixels } from '../pixels.ts';
import { teach } from '../teachers/table.ts';
import type { Sources } from '../training/example.ts';
import { type Case, casesOf } from './cases.ts';
import type { Editor, EditSettings } from './editor.ts';
import { judge } from './rules.ts';
import { meanDifference } from './statistics.ts';

export interface Answer {
  readonly instruction: string;
  readonly photo: string;
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, number>>;
  /** Mean ΔE76 between the model's answer and the teacher's. */
  readonly toTeacher: number;
}

export interface EditScore {
  readonly id: EditId;
  readonly answers: readonly Answer[];
}

export interface Shown {
  readonly id: EditId;
  readonly instruction: string;
  readonly before: Pixels;
  readonly after: Pixels;
}

export interface ScorePlan {
  /** Photos per edit. */
  readonly photos: number;
  /** Default: all. */
  readonly ids?: readonly EditId[];
  readonly settings?: EditSettings;
  readonly show?: (shown: Shown) => void;
}

/** Scores each edit in turn; `show` gets the first answer of every case, for a sheet of samples. */
export async function* scoreEdits(
  editor: Editor,
  sources: Sources,
  plan: ScorePlan,
): AsyncGenerator<EditScore> {
  for (const id of plan.ids ?? editIds) {
    const answers: Answer[] = [];
    for (const item of casesOf(id, sources, plan.photos)) {
      const taught = teach(item.scene, item.request);
      for (const [nth, instruction] of item.instructions.entries()) {
        const after = await editor(item.scene.image, instruction, plan.settings);
        answers.push(answerOf(item, instruction, after, taught));
        if (nth === 0) plan.show?.({ id, instruction, before: item.scene.image, after });
      }
    }
    yield { id, answers };
  }
}

function answerOf(
  { photo, scene, request }: Case,
  instruction: string,
  after: Pixels,
  taught: Pixels,
): Answer {
  const { ok, figures } = judge(scene, after, request);
  return { instruction, photo, ok, figures, toTeacher: meanDifference(taught, after) };
}

/** Share of right answers, in [0, 1]. */
export function shareRight(answers: readonly Answer[]): number {
  return answers.filter((answer) => answer.ok).length / Math.max(1, answers.length);
}
