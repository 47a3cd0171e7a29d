import type { Repository, Toggle } from '../../src/evaluation/index.js';

/** A toggle without rules; it yields `off` while disabled, else `default`. */
export function toggle(key: string, members: Partial<Toggle> = {}): Toggle {
  return {
    key,
    enabled: true,
    version: 7,
    disabledServe: { select: 0 },
    defaultServe: { select: 1 },
    variations: ['off', 'default', 'x', 'y'],
    ...members,
  };
}

/** What would be published of an environment with these toggles. */
export function repositoryOf(...toggles: Toggle[]): Repository {
  return { toggles: Object.fromEntries(toggles.map((one) => [one.key, one])), segments: {} };
}
