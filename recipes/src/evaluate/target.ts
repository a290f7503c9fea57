/** Something that `npm run evaluate` can measure. */
export interface Target {
  /** What it measures, in one line. */
  readonly summary: string;
  readonly usage: string;
  /**
   * Reads the words after its name.
   * @returns what measures and prints, and says whether the goals are met
   * @throws invalid_request naming an option that it cannot read
   */
  readonly prepare: (words: readonly string[]) => () => Promise<boolean>;
}
