import { DomainError } from '../../platform/errors/index.js';
import type { Holder } from './touchpoint-usage.js';

/** Campaigns named in a refusal at the most. */
const MAX_NAMED = 20;

/** `touchpoint_in_use`, naming each campaign, its project and its status. */
export function inUse(holders: readonly Holder[]): DomainError {
  const named = holders
    .slice(0, MAX_NAMED)
    .map(({ name, projectKey, status }) => `${name} (${projectKey}, ${status})`);
  const more = holders.length - named.length;
  const rest = more > 0 ? { en: ` and ${more} more`, zh: `等共 ${holders.length} 个` } : { en: '', zh: '' };
  const campaigns = { en: named.join(', ') + rest.en, zh: named.join('、') + rest.zh };
  return new DomainError('touchpoint_in_use', { campaigns });
}
