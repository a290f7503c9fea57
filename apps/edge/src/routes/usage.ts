import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { maxUsageDays, UsageRequest, type UsageView } from '@darkroom/shared/contracts/usage';
import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import { findBudget } from '../db/budgets.ts';
import { findKey } from '../db/keys.ts';
import { type UsageRow, usageByDay } from '../db/usage.ts';
import type { Deps } from '../deps.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { requireScope } from '../middleware/require-scope.ts';

const dayMs = 24 * 60 * 60 * 1000;
const usualDays = 30;
const dayOf = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);

/** The days that were asked for, both included. */
function periodOf(
  { from, to }: UsageRequest,
  nowMs: number,
): { readonly fromMs: number; readonly lastMs: number } {
  const lastMs = Date.parse(to ?? dayOf(nowMs));
  const fromMs = from === undefined ? lastMs - (usualDays - 1) * dayMs : Date.parse(from);
  if (fromMs <= lastMs && lastMs - fromMs < maxUsageDays * dayMs) return { fromMs, lastMs };
  const message = `from: expected a day up to ${maxUsageDays - 1} days before ${dayOf(lastMs)}, got ${dayOf(fromMs)}`;
  throw new AppError('invalid_request', { message, details: { field: 'from' } });
}

const itemOf = ({ keyId, micros, ...row }: UsageRow) => ({ ...row, key: keyId, microCredits: micros });

/** `GET /` tells what the caller's project used, by day, key and kind, and how its budget stands. */
export function usage({ db, nowMs }: Pick<Deps, 'db' | 'nowMs'>): Hono<{ Variables: AuthVariables }> {
  return new Hono<{ Variables: AuthVariables }>().get('/', requireScope('usage:read'), async (c) => {
    const { projectId } = c.get('principal');
    const request = parseContract(UsageRequest, c.req.query());
    const { fromMs, lastMs } = periodOf(request, nowMs());
    const key = request.key && (await findKey(db, { projectId, id: request.key }));
    if (request.key && !key) throw new AppError('not_found');
    const keyId = key ? key.identityId : undefined;
    const rows = await usageByDay(db, { projectId, ...(keyId && { keyId }), fromMs, toMs: lastMs + dayMs });
    const budget = await findBudget(db, { projectId, holderId: keyId ?? projectId });
    const { capMicros = null, spentMicros = 0, reservedMicros = 0 } = budget ?? {};
    return c.json({
      from: dayOf(fromMs),
      to: dayOf(lastMs),
      items: rows.map(itemOf),
      budget: { capMicros, spentMicros, reservedMicros },
    } satisfies UsageView);
  });
}
