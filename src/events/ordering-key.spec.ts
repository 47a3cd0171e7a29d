import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE, type EventResource } from './event-catalogue.js';
import { orderingKeyOf } from './ordering-key.js';

const keys = { projectKey: 'P', environmentKey: 'E', toggleKey: 'T', segmentKey: 'S' };

describe('orderingKeyOf', () => {
  it.each([
    ['TOGGLE', 'PUBLISH', 'toggle:P/T'],
    ['SEGMENT', 'UPDATE', 'segment:P/S'],
    ['PROJECT', 'UPDATE', 'project:P'],
    ['ENVIRONMENT', 'UPDATE', 'project:P'],
    ['MEMBER', 'UPDATE', 'member:x'],
    ['WEBHOOK', 'UPDATE', 'webhook:x'],
    ['TOUCHPOINT', 'ENABLE', 'touchpoint:x'],
    ['CAMPAIGN', 'PUBLISH', 'campaign:x'],
  ] as const)('orders %s.%s by %s', (resource, action, expected) => {
    expect(orderingKeyOf({ resource, action, keys, subject: 'x', data: {} })).toBe(expected);
  });

  it('refuses an event without what orders it', () => {
    for (const resource of Object.keys(EVENT_CATALOGUE) as EventResource[]) {
      expect(() => orderingKeyOf({ resource, action: 'CREATE', data: {} })).toThrow('lacks the key');
    }
  });
});
