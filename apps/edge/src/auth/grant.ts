import type { KeyEnvironment } from '@darkroom/shared/contracts/api-key';
import type { Scope } from '@darkroom/shared/contracts/scopes';
import { AppError } from '@darkroom/shared/errors';
import { type Principal, requireGrantable, requireModel } from './principal.ts';

/** What a key lets its holder do. */
export interface Grant {
  readonly environment: KeyEnvironment;
  readonly scopes: readonly Scope[];
  readonly models: readonly string[] | null;
  readonly limits: { readonly spendCapMicros: number | null };
}

const refusal = (field: string, expected: string) =>
  new AppError('forbidden', {
    message: `${field}: a key gives only what it has; expected ${expected}`,
    details: { field },
  });

/**
 * Refuses to make, change or replace a key that may do more than the one that asks.
 *
 * @throws AppError `forbidden` naming what goes too far
 */
export function requireGrant(principal: Principal, { environment, scopes, models, limits }: Grant): void {
  requireGrantable(principal, scopes);
  if (principal.environment === 'test' && environment === 'live') throw refusal('environment', 'test');
  if (principal.models && !models) throw refusal('models', principal.models.join(', '));
  for (const model of models ?? []) requireModel(principal, model);
  const cap = principal.limits.spendCapMicros;
  if (cap !== null && (limits.spendCapMicros ?? Number.POSITIVE_INFINITY) > cap)
    throw refusal('limits.spendCapMicros', `at most ${cap}`);
}
