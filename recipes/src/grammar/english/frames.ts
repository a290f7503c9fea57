/** Sentence frames that many edits share; each returns templates in the notation of notation.ts, those with `!` always taught. */

interface ToneWords {
  /** Comparatives: `warmer|cosier`. */
  readonly more: string;
  /** Plain adjectives: `warm|cosy`. */
  readonly base: string;
  /** Whole commands: `warm up {it}`. */
  readonly verbs: readonly string[];
}

/** Grading edits: "make it warmer". */
export function toneFrames({ more, base, verbs }: ToneWords): readonly string[] {
  return [
    `!make {it} {cmp:(${more})}`,
    `make {it} look {cmp:(${more})}`,
    `make {cmp:(${more})}`,
    `make {it} (appear|seem) {cmp:(${more})}`,
    `make {it} {adj:(${base})}`,
    `make {it} look {adj:(${base})}`,
    `(turn|get) {it} {cmp:(${more})}`,
    `let {it} (be|look) {cmp:(${more})}`,
    `(edit|adjust|change) {it} (to be|to look) {cmp:(${more})}`,
    `(edit|adjust|change) {it} so [that] it (is|looks) {cmp:(${more})}`,
    `give {it} {a:(${base}) (look|feel)}`,
    ...more.split('|').map((word, i) => `${i === 0 ? '!' : ''}~{cmp:${word}}`),
    `~{cmp:(${more})} (photo|picture|image)`,
    `~{it} (should|needs to|has to) (be|look) {cmp:(${more})}`,
    `~(I want|I need|I would like|I'd like) {it} {cmp:(${more})}`,
    `~(I want|I would like|I'd like) {it} to (be|look) {cmp:(${more})}`,
    `~can {it} be {cmp:(${more})}`,
    `~let's make {it} {cmp:(${more})}`,
    ...verbs.map((verb) => `{adv:${verb}}`),
  ];
}

interface StyleWords {
  /** Adjectives: `sepia|sepia toned`. */
  readonly base: string;
  /** Things with an article: `a pencil sketch|a drawing`. */
  readonly thing: string;
  /** Short forms that stand alone: `b&w|bw`. */
  readonly short: readonly string[];
}

/** Changes of medium or look: "turn it into a pencil sketch". */
export function styleFrames({ base, thing, short }: StyleWords): readonly string[] {
  return [
    `!make {it} {adj:(${base})}`,
    `make {it} look {adj:(${base})}`,
    `!turn {it} (into|to) (${thing})`,
    `convert {it} (into|to) (${thing})`,
    `(turn|convert|change) (into|to) (${thing})`,
    `make {adj:(${base})}`,
    `(change|transform) {it} (into|to) (${thing})`,
    `make {it} (look like|into) (${thing})`,
    `make (${thing}) (from|out of|of) {it}`,
    `(edit|change) {it} to look like (${thing})`,
    `(render|redo|show) {it} as (${thing})`,
    `(apply|add|use) {a:(${base}) (filter|effect)}`,
    `give {it} {a:(${base}) (look|style|feel)}`,
    `put {a:(${base}) (filter|effect)} on {it}`,
    `create (${thing}) (from|of) {it}`,
    `~{adj:(${base})} (look|version|style)`,
    `~(${base}) (filter|effect) on {it}`,
    `~(I want|I would like|I'd like) (${thing})`,
    `~(I want|I would like|I'd like) {it} to (be|look) {adj:(${base})}`,
    `~(I want|I would like|I'd like) {it} as (${thing})`,
    `~{it} should (be|look) {adj:(${base})}`,
    `~{photo} as (${thing})`,
    `~like (${thing})`,
    `~let's make {it} {adj:(${base})}`,
    ...short.map((words, i) => `${i < 2 ? '!' : ''}~${words}`),
  ];
}

interface SceneWords {
  /** Season, hour or weather without article: `winter|wintertime`. */
  readonly time: string;
  /** Preposition that goes with it: `in`, `at`. */
  readonly at: string;
  /** Scenes with an article: `a winter scene|a snowy day`. */
  readonly scene: string;
  /** Adjectives: `snowy|wintry`. */
  readonly base: string;
  /** What is changed: `season`, `time of day|time`, `weather`. */
  readonly kind: string;
  readonly short: readonly string[];
}

/** Changes of season, hour and weather: "turn day into night". */
export function sceneFrames({ time, at, scene, base, kind, short }: SceneWords): readonly string[] {
  return [
    `!make {it} (${time})`,
    `make {it} {adj:(${base})}`,
    `make {it} look {adj:(${base})}`,
    `make {it} look like (${time}|${scene})`,
    `make {it} look (as if|as though|like) it (is|was|were) (${time})`,
    `turn {it} into (${time}|${scene})`,
    `(turn|change|convert) (into|to) (${time}|${scene})`,
    `make (${time}|{adj:(${base})})`,
    `(change|transform|convert) {it} (into|to) (${time}|${scene})`,
    `(change|set|switch) the (${kind}) to (${time})`,
    `(show|render|set) {it} ${at} (${time})`,
    `edit {it} to look like (${time}|${scene})`,
    `make {it} [look] {cmp:more like (${time})}`,
    `~{cmp:more like (${time})}`,
    `give {it} {a:(${base}) (look|feel|mood|atmosphere)}`,
    `make (${scene}) (of|from|out of) {it}`,
    `make the (${kind}) (${time})`,
    `~{photo} ${at} (${time})`,
    `~(I want|I would like|I'd like) {it} ${at} (${time})`,
    `~(I want|I would like|I'd like) {it} to (be|look) {adj:(${base})}`,
    `~(I want|I would like|I'd like) (${scene})`,
    `~(what would|how would) {it} look [like] ${at} (${time})`,
    `~{it} should look {adj:(${base})}`,
    `~{adj:(${base})} (scene|version|look)`,
    `~let's make {it} (${time}|{adj:(${base})})`,
    `~as if it (is|was|were) (${time})`,
    ...short.map((words, i) => `${i < 2 ? '!' : ''}~${words}`),
  ];
}

/** Changes of the sky alone; `base` is a colour or a mood. */
export function skyFrames(base: string): readonly string[] {
  const sky = '(sky|heavens)';
  return [
    `!make the sky {adj:(${base})}`,
    `make the sky look {adj:(${base})}`,
    `turn the sky {adj:(${base})}`,
    `turn the sky into {a:(${base}) (sky|one)}`,
    `(change|set) the sky to (${base})`,
    `(change|edit|adjust) the sky to (be|look) {adj:(${base})}`,
    `give {it} {a:(${base}) sky}`,
    `replace the sky with {a:(${base}) (sky|one)}`,
    `(swap|exchange) the sky for {a:(${base}) (sky|one)}`,
    `(add|put) {a:(${base}) sky} (to|in) {it}`,
    `add {a:(${base}) sky}`,
    `let the sky (be|look|become) {adj:(${base})}`,
    `make the ${sky} (of|in) {it} {adj:(${base})}`,
    `(change|edit) {it} so [that] the sky is {adj:(${base})}`,
    `make {it} have {a:(${base}) sky}`,
    `~(I want|I would like|I'd like) {a:(${base}) sky}`,
    `~(I want|I would like|I'd like) the sky [to be] {adj:(${base})}`,
    `~the sky (should be|should look|needs to be) {adj:(${base})}`,
    `!~{adj:(${base})} sky`,
    `~sky (${base})`,
    `~with {a:(${base}) sky}`,
    `~can the sky be {adj:(${base})}`,
    `~let's make the sky {adj:(${base})}`,
  ];
}
