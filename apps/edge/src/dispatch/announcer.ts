import type { JobId } from '@darkroom/shared/ids';

/** Of the six connections that a Worker holds at once, the pool needs some for its books and addresses. */
const lanes = 4;
const maxWaiting = 256;

export interface AnnouncerPorts {
  /** Tells the webhooks of one job. */
  readonly deliver: (jobId: JobId) => Promise<unknown>;
  readonly report: (error: unknown) => void;
}

/** Tells of jobs that have ended, a few at a time; whoever is not told here is told by the clock's next run. */
export class Announcer {
  readonly #ports: AnnouncerPorts;
  readonly #waiting: JobId[] = [];
  #busyLanes = 0;

  constructor(ports: AnnouncerPorts) {
    this.#ports = ports;
  }

  /** Tells of a job, or leaves it to whoever is busy telling; never rejects. */
  async tell(jobId: JobId): Promise<void> {
    if (this.#waiting.length < maxWaiting) this.#waiting.push(jobId);
    if (this.#busyLanes === lanes) return;
    this.#busyLanes += 1;
    const { deliver, report } = this.#ports;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await deliver(next).catch(report);
    }
    this.#busyLanes -= 1;
  }
}
