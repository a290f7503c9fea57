/** What is still to be said to each worker: an offer takes time to sign, and nothing may overtake it. */
export class WorkerLines {
  readonly #lines = new Map<string, Promise<void>>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Does a task behind those that came before it, or at once when there are none; what it throws is reported. */
  add(workerId: string, task: () => void | Promise<void>): Promise<void> {
    const line = this.#lines.get(workerId);
    const said = line ? line.then(task) : (async () => await task())();
    const next = said.catch(this.#report).finally(() => {
      if (this.#lines.get(workerId) === next) this.#lines.delete(workerId);
    });
    this.#lines.set(workerId, next);
    return next;
  }
}
