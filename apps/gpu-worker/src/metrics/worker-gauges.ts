import { type ScalarFamily, single } from './family.ts';

/** The state of the worker at the moment that its figures are read. */
export interface WorkerGauges {
  readonly slots: number;
  readonly busySlots: number;
  readonly isDraining: boolean;
  /** Models, their weights and compiled networks. */
  readonly models: {
    /** How many a job would find in memory. */
    readonly resident: number;
    readonly bytes: number;
    readonly budgetBytes: number;
    /** How often weights or a network were in memory when a job asked, how often not, and what had to go for others. */
    readonly hits: number;
    readonly misses: number;
    readonly evictions: number;
  };
  /** Processes that decode pictures. */
  readonly decoders: { readonly running: number; readonly started: number };
}

/** What operators and autoscalers ask first: room, memory, and whether something keeps starting over. */
export function workerFamilies({ models, decoders, ...worker }: WorkerGauges): ScalarFamily[] {
  const { slots, busySlots, isDraining } = worker;
  const name = (rest: string) => `darkroom_worker_${rest}`;
  return [
    single('gauge', name('slots'), 'Jobs that can run at once.', slots),
    single('gauge', name('slots_busy'), 'Jobs that run now.', busySlots),
    single('gauge', name('draining'), 'Whether it takes no more jobs.', Number(isDraining)),
    single('gauge', name('models_resident'), 'Models in memory, which start at once.', models.resident),
    single('gauge', name('model_bytes'), 'Bytes of models in memory.', models.bytes),
    single('gauge', name('model_budget_bytes'), 'Bytes that models may take.', models.budgetBytes),
    single('counter', name('model_hits_total'), 'Weights and networks found in memory.', models.hits),
    single('counter', name('model_misses_total'), 'Weights and networks loaded.', models.misses),
    single('counter', name('model_evictions_total'), 'Weights and networks given up.', models.evictions),
    single('gauge', name('decoders'), 'Processes that decode pictures.', decoders.running),
    single('counter', name('decoder_starts_total'), 'Starts of such processes.', decoders.started),
  ];
}
