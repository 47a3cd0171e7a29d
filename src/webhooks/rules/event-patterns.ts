import { EVENT_NAMES, EVENT_RESOURCES } from '../../events/index.js';
import { invalidField } from '../../platform/errors/index.js';
import { ALL_EVENTS } from '../webhook-defaults.js';

const PATTERNS: ReadonlySet<string> = new Set([
  ALL_EVENTS,
  ...EVENT_RESOURCES.map((resource) => `${resource}.*`),
  ...EVENT_NAMES,
]);

/**
 * Checks that each entry is `*`, `RESOURCE.*` or the name of an event, in the catalogue's case.
 * @throws DomainError `field_invalid` that names the entry
 */
export function checkEventPatterns(patterns: readonly string[] | null | undefined): void {
  patterns?.forEach(checkPattern);
}

function checkPattern(pattern: string, index: number): void {
  if (PATTERNS.has(pattern)) return;
  const shown = JSON.stringify(pattern.slice(0, 64));
  throw invalidField(`events[${index}]`, {
    en: `must be *, RESOURCE.* or an event such as TOGGLE.PUBLISH; ${shown} is none of them`,
    zh: `必须是 *、RESOURCE.* 或事件名（如 TOGGLE.PUBLISH）；${shown} 不是`,
  });
}
