import type { ToggleEntity } from './toggle.entity.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A toggle that isn't permanent should be gone after this many days. */
const DEADLINE_DAYS = 30;

/** Whole days since a toggle was made, if it is not permanent and past the deadline; else undefined. */
export function useDaysOf(
  toggle: Pick<ToggleEntity, 'createdAt' | 'permanent'>,
  now: number,
): number | undefined {
  const days = Math.floor((now - toggle.createdAt) / DAY_MS);
  return !toggle.permanent && days > DEADLINE_DAYS ? days : undefined;
}
