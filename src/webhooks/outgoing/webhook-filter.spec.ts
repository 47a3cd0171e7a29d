import { describe, expect, it } from 'vitest';
import type { EventKeys, EventResource } from '../../events/index.js';
import { WebhookFilter, type FilterSource } from './webhook-filter.js';

const UNSET: FilterSource = { events: ['*'], projectKeys: null, environmentKeys: null, toggleKeys: null };

const PUBLISH = event('TOGGLE', 'PUBLISH', {
  projectKey: 'Shop',
  environmentKey: 'online',
  toggleKey: 'new',
});
const TOGGLE_CREATE = event('TOGGLE', 'CREATE', { projectKey: 'Shop', toggleKey: 'new' });
const SEGMENT_UPDATE = event('SEGMENT', 'UPDATE', { projectKey: 'Shop', segmentKey: 'beta' });
const MEMBER_UPDATE = event('MEMBER', 'UPDATE', {});

function event(resource: EventResource, action: string, keys: EventKeys) {
  return { resource, name: `${resource}.${action}`, keys };
}

describe(WebhookFilter.name, () => {
  it.each([
    ['everything, when unset', {}, MEMBER_UPDATE, true],
    ['an event by its name', { events: ['TOGGLE.PUBLISH'] }, PUBLISH, true],
    ['no other event', { events: ['TOGGLE.PUBLISH'] }, TOGGLE_CREATE, false],
    ['any of several names', { events: ['SEGMENT.UPDATE', 'TOGGLE.CREATE'] }, TOGGLE_CREATE, true],
    ['all of a resource', { events: ['TOGGLE.*'] }, TOGGLE_CREATE, true],
    ['nothing of another resource', { events: ['TOGGLE.*'] }, SEGMENT_UPDATE, false],
    ['names to the letter', { events: ['toggle.publish'] }, PUBLISH, false],
    ['a project', { projectKeys: ['Shop'] }, PUBLISH, true],
    ['a project whatever the case', { projectKeys: ['other', 'sHOP'] }, PUBLISH, true],
    ['no other project', { projectKeys: ['Shopping'] }, PUBLISH, false],
    ['an environment', { environmentKeys: ['ONLINE'] }, PUBLISH, true],
    ['no other environment', { environmentKeys: ['test'] }, PUBLISH, false],
    ['nothing without an environment', { environmentKeys: ['online'] }, TOGGLE_CREATE, false],
    ['a toggle', { toggleKeys: ['new'] }, TOGGLE_CREATE, true],
    ['nothing without a toggle', { toggleKeys: ['new'] }, SEGMENT_UPDATE, false],
    ['nothing without a project', { projectKeys: ['Shop'] }, MEMBER_UPDATE, false],
    [
      'what passes all clauses',
      { events: ['TOGGLE.*'], projectKeys: ['shop'], toggleKeys: ['NEW'] },
      PUBLISH,
      true,
    ],
    [
      'not what fails one clause',
      { events: ['TOGGLE.*'], projectKeys: ['shop'], toggleKeys: ['old'] },
      PUBLISH,
      false,
    ],
  ])('lets through %s', (_what, source: Partial<FilterSource>, given, expected) => {
    expect(new WebhookFilter({ ...UNSET, ...source }).matches(given)).toBe(expected);
  });
});
