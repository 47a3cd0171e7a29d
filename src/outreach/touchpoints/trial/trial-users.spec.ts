import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.js';
import type { Touchpoint } from '../touchpoint.js';
import { trialUsers } from './trial-users.js';

const touchpoint = (kind: Touchpoint['kind'] = 'TOUCHPOINT', batchSize = 3): Touchpoint => ({
  id: 1,
  organizationId: 1,
  kind,
  name: 'x',
  url: 'https://example.com/',
  status: 'ENABLED',
  secret: '',
  config: {
    batchSize,
    userAttributes: [
      { attribute: 'userId', name: 'memberId' },
      { attribute: 'phone', name: 'mobile' },
      { attribute: 'age', name: 'age' },
    ],
    templateParams: [],
    timeoutMs: 1000,
    maxInFlight: 1,
  },
});

const problemOf = (users: Record<string, unknown>[], of = touchpoint()): string => {
  try {
    trialUsers(of, users);
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
  return 'none';
};

describe('the users of a test', () => {
  it('have values by the names of attributes, else of parameters', () => {
    const users = [
      { userId: 'u-1', phone: '130', age: 30, city: 'Berlin' },
      { memberId: 'u-2', mobile: '131', phone: '132' },
    ];
    expect(trialUsers(touchpoint(), users)).toEqual([
      { gid: 1, userId: 'u-1', attributes: { phone: '130', age: 30, city: 'Berlin' } },
      { gid: 2, userId: 'u-2', attributes: { phone: '132', mobile: '131', memberId: 'u-2' } },
    ]);
  });

  it('get the gids that are free', () => {
    const gids = trialUsers(touchpoint(), [{}, { gid: 1 }, { gid: '17' }]).map(({ gid }) => gid);
    expect(gids).toEqual([2, 1, 17]);
    expect(trialUsers(touchpoint(), [{}, {}, { gid: null }]).map(({ gid }) => gid)).toEqual([1, 2, 3]);
  });

  it('may lack everything, and of a channel all may', () => {
    expect(trialUsers(touchpoint(), [{ userId: '', phone: null }])).toEqual([{ gid: 1, attributes: {} }]);
    expect(trialUsers(touchpoint('CHANNEL'), [])).toEqual([]);
  });

  it('may have attributes of any name', () => {
    const [user] = trialUsers(touchpoint(), [
      JSON.parse('{"__proto__":"x","constructor":"y"}') as object as never,
    ]);
    expect(Object.entries(user?.attributes ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each([
    [[], 'users must have at least 1 entry'],
    [[{}, {}, {}, {}], 'users must be at most 3, the batch size of this touchpoint'],
    [[{ gid: 0 }], 'users[0].gid must be a whole number from 1'],
    [[{ gid: 1.5 }], 'users[0].gid must be a whole number from 1'],
    [[{ gid: 'x' }], 'users[0].gid must be a whole number from 1'],
    [[{ gid: 5 }, { gid: '5' }], 'users[1].gid 5 is there twice'],
    [[{}, { phone: ['1'] }], 'users[1].phone must be text, a number, true or false'],
    [[{ city: {} }], 'users[0].city must be text, a number, true or false'],
  ])('are not %j', (users, words) => {
    expect(problemOf(users)).toBe(words);
  });
});
