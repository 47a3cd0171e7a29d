import { describe, expect, it } from 'vitest';
import { EVENT_NAMES, EVENT_RESOURCES } from '../../events/index.js';
import { checkEventPatterns } from './event-patterns.js';

describe(checkEventPatterns.name, () => {
  it('takes every event, all of a resource, and all', () => {
    const wildcards = EVENT_RESOURCES.map((resource) => `${resource}.*`);
    expect(() => checkEventPatterns(['*', ...wildcards, ...EVENT_NAMES])).not.toThrow();
  });

  it.each(['toggle.publish', 'TOGGLE.PUBLSH', 'TOGGLE', 'TOKEN.*', '*.CREATE', 'SEGMENT.OFFLINE', '', ' *'])(
    'refuses %j and names it',
    (pattern) => {
      expect(() => checkEventPatterns(['*', pattern])).toThrow(/^events\[1\] must be .+ is none of them$/);
      expect(() => checkEventPatterns(['*', pattern])).toThrow(JSON.stringify(pattern));
    },
  );
});
