/** The edge as tests run it: the real application over the real bindings, a project of its own, and a key of it. */
import { env } from 'cloudflare:workers';
import { type App, createApp } from '@darkroom/edge/app';
import { type ApiKey, apiKeyRandomBytes, makeApiKey } from '@darkroom/edge/auth/api-key';
import type { KeyRecord } from '@darkroom/edge/auth/key-record';
import { setCap } from '@darkroom/edge/db/budgets';
import { insertKey } from '@darkroom/edge/db/keys';
import { insertProject, type Project } from '@darkroom/edge/db/projects';
import { createDeps, type Deps, type LogEntry } from '@darkroom/edge/deps';
import { type EdgeEnv, parseVars } from '@darkroom/edge/env';
import { KeyLimits } from '@darkroom/shared/contracts/api-key';
import { scopes as allScopes, type Scope } from '@darkroom/shared/contracts/scopes';
import type { AppError } from '@darkroom/shared/errors';

export interface EdgeOptions {
  /** What the key may do; absent = everything. */
  readonly scopes?: readonly Scope[];
  readonly limits?: Partial<KeyLimits>;
  readonly environment?: KeyRecord['environment'];
  readonly models?: readonly string[];
  /** What the project may spend; absent = no cap. */
  readonly capMicros?: number;
  /** What is reached beyond the edge; absent = the network. */
  readonly fetch?: typeof fetch;
  /** Parts to put in the place of real ones: ports that fail, clocks that stand. */
  readonly deps?: Partial<Deps>;
  /** Whose key it is; absent = a new project's. */
  readonly project?: Project;
}

export interface EdgeUnderTest {
  readonly app: App;
  /** Asks with the key, unless the request carries another credential. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly project: Project;
  readonly key: ApiKey;
  readonly deps: Deps;
  /** Failures reported so far, each with the id of its request. */
  readonly failures: { readonly error: AppError; readonly requestId: string }[];
  /** Lines logged so far. */
  readonly logged: LogEntry[];
}

export const testEnv: EdgeEnv = env as unknown as EdgeEnv;

export const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

async function openProject({ db, nowMs }: Deps, capMicros: number | null): Promise<Project> {
  const project = {
    id: `project_${crypto.randomUUID()}`,
    name: 'tests',
    createdAtMs: nowMs(),
    retentionMs: null,
  };
  await insertProject(db, project);
  await setCap(db, { projectId: project.id, holderId: project.id }, capMicros);
  return project;
}

/** A key of a project that works and is stored. */
export async function storeKey(deps: Deps, project: Project, options: EdgeOptions = {}): Promise<ApiKey> {
  const { scopes = allScopes, limits = {}, environment = 'live', models = null } = options;
  const key = makeApiKey(environment, random(apiKeyRandomBytes));
  await insertKey(deps.db, {
    id: key.id,
    identityId: key.id,
    projectId: project.id,
    name: 'tests',
    environment,
    hash: await deps.hasher.hash(key.text),
    scopes,
    models,
    limits: KeyLimits.parse(limits),
    createdAtMs: deps.nowMs(),
    expiresAtMs: null,
    revokedAtMs: null,
    disabledAtMs: null,
    replacedById: null,
  });
  return key;
}

/** An edge with a key; every call makes its own, over one database. */
export async function edgeUnderTest(options: EdgeOptions = {}): Promise<EdgeUnderTest> {
  const failures: EdgeUnderTest['failures'] = [];
  const logged: LogEntry[] = [];
  const deps: Deps = {
    ...createDeps(testEnv, parseVars(testEnv)),
    version: '1.2.3',
    reportFailure: (error, requestId) => failures.push({ error, requestId }),
    log: (entry) => logged.push(entry),
    ...(options.fetch && { fetch: options.fetch }),
    ...options.deps,
  };
  const project = options.project ?? (await openProject(deps, options.capMicros ?? null));
  const key = await storeKey(deps, project, options);
  const app = createApp(deps);
  const ask: EdgeUnderTest['ask'] = async (path, init) => {
    const headers = new Headers(init?.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${key.text}`);
    return await app.request(path, { ...init, headers });
  };
  return { app, ask, project, key, deps, failures, logged };
}
