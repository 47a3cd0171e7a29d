import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.js';
import { draftOf, urlsOf, type TouchpointDraft } from './touchpoint-draft.js';
import type { CreateTouchpointRequest } from './touchpoint-input.dto.js';

type Fields = Partial<Record<keyof CreateTouchpointRequest, unknown>>;

const request = (fields: Fields): CreateTouchpointRequest => fields as unknown as CreateTouchpointRequest;

const touchpoint = (fields: Fields = {}): TouchpointDraft =>
  draftOf(
    request({
      name: 'Coupons',
      kind: 'TOUCHPOINT',
      type: 'OTHER',
      url: 'https://example.com/',
      userAttributes: [{ attribute: 'userId' }],
      templateParams: [{ name: 'title', type: 'TEXT' }],
      ...fields,
    }),
  );
const channel = (fields: Fields = {}): TouchpointDraft =>
  draftOf(request({ name: 'Channel', kind: 'CHANNEL', url: 'https://example.com/', ...fields }));

const problemOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
  return 'none';
};
const param = (fields: object): Fields => ({ templateParams: [{ name: 'p', type: 'TEXT', ...fields }] });
const enumOf = (options: object | undefined, more: object = {}): Fields =>
  param({ type: 'ENUM', options, ...more });
const codes = (...all: string[]): object => ({
  values: all.map((code) => ({ code, name: `Name of ${code}` })),
});

describe('a draft', () => {
  it.each([
    ['name must have at most 15 characters', (): unknown => touchpoint({ name: '1234567890123456' })],
    ['none', (): unknown => touchpoint({ name: '12345678901234😀' })],
    ['none', (): unknown => channel({ name: '1234567890123456' })],
    ['userAttributes must have at least 1 entry', (): unknown => touchpoint({ userAttributes: [] })],
    ['userAttributes must have at least 1 entry', (): unknown => touchpoint({ userAttributes: undefined })],
    ['templateParams must have at least 1 entry', (): unknown => touchpoint({ templateParams: null })],
    [
      'userAttributes must have at most 10 entries',
      (): unknown =>
        channel({ userAttributes: Array.from({ length: 11 }, (_, i) => ({ attribute: `a${i}` })) }),
    ],
    [
      'templateParams must have at most 10 entries',
      (): unknown =>
        channel({ templateParams: Array.from({ length: 11 }, (_, i) => ({ name: `a${i}`, type: 'TEXT' })) }),
    ],
    [
      'userAttributes[1].name must be unique: a is there twice',
      (): unknown => touchpoint({ userAttributes: [{ attribute: 'a' }, { attribute: 'b', name: 'a' }] }),
    ],
    [
      'none',
      (): unknown => touchpoint({ userAttributes: [{ attribute: 'a' }, { attribute: 'a', name: 'b' }] }),
    ],
    [
      'templateParams[1].name must be unique: a is there twice',
      (): unknown => channel({ templateParams: [1, 2].map(() => ({ name: 'a', type: 'TEXT' })) }),
    ],
    [
      'userAttributes[0].attribute must not be __proto__',
      (): unknown => touchpoint({ userAttributes: [{ attribute: '__proto__', name: 'a' }] }),
    ],
    [
      'templateParams[0].name must not be constructor',
      (): unknown => touchpoint(param({ name: 'constructor' })),
    ],
    [
      'userAttributes[0].defaultValue must be text of at most 4096 characters, a number, true or false',
      (): unknown => touchpoint({ userAttributes: [{ attribute: 'a', defaultValue: { a: 1 } }] }),
    ],
    [
      'auth.username must not contain a colon',
      (): unknown => channel({ auth: { type: 'BASIC', username: 'a:b', password: 'c' } }),
    ],
    ['auth.username is required', (): unknown => channel({ auth: { type: 'BASIC', password: 'c' } })],
    ['auth.password is required', (): unknown => channel({ auth: { type: 'BASIC', username: 'a' } })],
    ['auth.secret is required', (): unknown => channel({ auth: { type: 'SECRET' } })],
    ['auth is nothing that a TOUCHPOINT has', (): unknown => touchpoint({ auth: { type: 'NONE' } })],
    ['token is nothing that a CHANNEL has', (): unknown => channel({ token: 'x' })],
    ['none', (): unknown => channel({ token: '', receipts: null, type: null })],
    ['receipts is nothing that a CHANNEL has', (): unknown => channel({ receipts: { mode: 'SYNC' } })],
    [
      'receipts.url is required',
      (): unknown => touchpoint({ receipts: { mode: 'ASYNC', timeoutMinutes: 1 } }),
    ],
    [
      'receipts.timeoutMinutes is required',
      (): unknown => touchpoint({ receipts: { mode: 'ASYNC', url: 'https://a/' } }),
    ],
    [
      'templateParams[0].type must be one of TEXT, NUMBER, DATE, ENUM',
      (): unknown => touchpoint(param({ type: 'INTEGER' })),
    ],
    ['none', (): unknown => channel(param({ type: 'INTEGER' }))],
    ['templateParams[0].options are required of an ENUM', (): unknown => touchpoint(enumOf(undefined))],
    [
      'templateParams[0].options are of ENUM alone',
      (): unknown => touchpoint(param({ options: codes('a') })),
    ],
    ['templateParams[0].options must be either values or a url', (): unknown => touchpoint(enumOf({}))],
    [
      'templateParams[0].options must be either values or a url',
      (): unknown => touchpoint(enumOf({ ...codes('a'), url: 'https://a/' })),
    ],
    [
      'templateParams[0].options.values must have at least 1 entry',
      (): unknown => touchpoint(enumOf({ values: [] })),
    ],
    [
      'templateParams[0].options.values must have at most 50 entries: take more from an API by url',
      (): unknown => touchpoint(enumOf(codes(...Array.from({ length: 51 }, (_, i) => `c${i}`)))),
    ],
    [
      'templateParams[0].options.values[2].code must be unique: a is there twice',
      (): unknown => touchpoint(enumOf(codes('a', 'b', 'a'))),
    ],
    [
      'templateParams[0].name must differ from the names of the user attributes, beside which it is sent',
      (): unknown => channel({ ...param({}), userAttributes: [{ attribute: 'x', name: 'p' }] }),
    ],
    ['none', (): unknown => channel({ ...param({ type: 'NUMBER' }), userAttributes: [{ attribute: 'p' }] })],
    ['none', (): unknown => touchpoint({ ...param({}), userAttributes: [{ attribute: 'p' }] })],
  ])('%s', (words, make) => {
    expect(problemOf(make)).toBe(words);
  });

  it.each(['a', '标题', '_a-b.c$1', 'ünï', '$x'])('takes the parameter name %s', (name) => {
    expect(touchpoint(param({ name })).config.templateParams[0]?.name).toBe(name);
  });

  it.each(['1a', 'a b', 'a"', 'a{', '-a', 'a\u0301'])('refuses the parameter name %j', (name) => {
    expect(problemOf(() => touchpoint(param({ name })))).toContain('templateParams[0].name must begin with');
  });

  it.each([
    [{ type: 'TEXT', defaultValue: 'Dear {{name|customer}}' }, 'none'],
    [{ type: 'TEXT', defaultValue: 'Dear {{name' }, 'templateParams[0].defaultValue '],
    [{ type: 'TEXT', defaultValue: true }, 'templateParams[0].defaultValue must be text'],
    [{ type: 'NUMBER', defaultValue: 1.5 }, 'none'],
    [{ type: 'NUMBER', defaultValue: 'much' }, 'templateParams[0].defaultValue must be a number'],
    [{ type: 'NUMBER', defaultValue: { a: 1 } }, 'templateParams[0].defaultValue must be a value of NUMBER'],
    [{ type: 'DATE', defaultValue: '2026-02-28' }, 'none'],
    [{ type: 'DATE', defaultValue: '2026-02-30' }, 'templateParams[0].defaultValue must be a date'],
    [{ type: 'ENUM', options: codes('a', 'b'), defaultValue: 'a' }, 'none'],
    [
      { type: 'ENUM', options: codes('a', 'b'), defaultValue: 'c' },
      'templateParams[0].defaultValue must be one of',
    ],
    [
      { type: 'ENUM', options: codes('a', 'b'), defaultValue: ['a'] },
      'templateParams[0].defaultValue must be one',
    ],
    [{ type: 'ENUM', options: { ...codes('a', 'b'), multiple: true }, defaultValue: ['b', 'a'] }, 'none'],
    [{ type: 'ENUM', options: { url: 'https://a/' }, defaultValue: 'whatever' }, 'none'],
  ])('judges the default of %j', (fields, words) => {
    expect(problemOf(() => touchpoint(param(fields)))).toContain(words);
  });

  it('names each address it calls', () => {
    const draft = touchpoint({
      receipts: { mode: 'ASYNC', url: 'https://r/', timeoutMinutes: 1 },
      templateParams: [
        { name: 'a', type: 'ENUM', options: codes('a') },
        { name: 'b', type: 'ENUM', options: { url: 'https://o/' } },
      ],
    });
    expect(urlsOf(draft)).toEqual([
      { field: 'url', url: 'https://example.com/' },
      { field: 'receipts.url', url: 'https://r/' },
      { field: 'templateParams[1].options.url', url: 'https://o/' },
    ]);
  });

  it('keeps what a change does not name', () => {
    const before = touchpoint({ token: 'tok', usersPerSecond: 5, retryForMinutes: 3, timeoutMs: 1234 });
    expect(draftOf(request({}), before)).toEqual(before);
    expect(draftOf(request({ token: null }), before)).toEqual({ ...before, secret: '' });
    const limitless = draftOf(request({ usersPerSecond: null, retryForMinutes: null }), before);
    expect(limitless.config).not.toHaveProperty('usersPerSecond');
    expect(limitless.config).not.toHaveProperty('retryForMinutes');
  });
});
