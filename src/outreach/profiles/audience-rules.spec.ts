import { describe, expect, it } from 'vitest';
import type { PublishedCondition } from '../../evaluation/index.js';
import { compileAudience } from './audience-rules.js';
import type { Attributes, Profile } from './profile.js';

const condition = (
  type: PublishedCondition['type'],
  subject: string,
  predicate: PublishedCondition['predicate'],
  ...objects: string[]
): PublishedCondition => ({ type, subject, predicate, objects });
const isIn = (profile: Partial<Profile>, ...conditions: PublishedCondition[]): boolean =>
  compileAudience([{ conditions }])({ gid: 17, attributes: {}, ...profile });
const has = (attributes: Attributes, ...conditions: PublishedCondition[]): boolean =>
  isIn({ attributes }, ...conditions);

const NEW_YEAR = '1767225600';

describe('compileAudience', () => {
  it.each([
    [true, 'true'],
    [false, 'false'],
    [3, '3'],
    [-0.5, '-0.5'],
    [1e21, '1e+21'],
    ['', ''],
  ])('compares %j as text', (value, text) => {
    expect(has({ a: value }, condition('string', 'a', 'is one of', text))).toBe(true);
    expect(has({ a: value }, condition('string', 'a', 'is not any of', text))).toBe(false);
  });

  it('has gid and userId as subjects, the latter missing for visitors', () => {
    expect(isIn({ userId: 'ann' }, condition('string', 'userId', 'is one of', 'ann'))).toBe(true);
    expect(isIn({}, condition('string', 'userId', 'is not any of', 'ann'))).toBe(false);
    expect(isIn({}, condition('number', 'gid', '=', '17'))).toBe(true);
  });

  it('takes nothing that objects inherit for an attribute', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(has({}, condition('string', name, 'is not any of', 'x'))).toBe(false);
    expect(
      has(
        { constructor: 'x' } as unknown as Attributes,
        condition('string', 'constructor', 'is one of', 'x'),
      ),
    ).toBe(true);
  });

  it('compares ISO dates with instants, and leaves digits as they are', () => {
    const after = condition('datetime', 'at', 'after', NEW_YEAR);
    for (const at of [
      '2026-01-01',
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00+01:00',
      NEW_YEAR,
      Number(NEW_YEAR),
    ])
      expect([at, has({ at }, after)]).toEqual([at, true]);
    for (const at of ['2025-12-31', '2025-12-31T23:59:59.999Z', '1767225599', 'soon', true, ''])
      expect([at, has({ at }, after)]).toEqual([at, false]);
    expect(has({}, after)).toBe(false);
  });

  it('changes nothing for other conditions on the same attribute', () => {
    const before = condition('datetime', 'at', 'before', NEW_YEAR);
    const year = condition('string', 'at', 'starts with', '2025-');
    expect(has({ at: '2025-06-01' }, before, year)).toBe(true);
    expect(has({ at: '2024-06-01' }, before, year)).toBe(false);
    expect(has({ at: '2025-06-01' }, condition('number', 'at', '>', '0'))).toBe(false);
  });

  it('holds nobody by segments in segments, and by no rules', () => {
    expect(isIn({}, { type: 'segment', predicate: 'is not in', objects: ['shop$vip'] })).toBe(false);
    expect(compileAudience([])({ gid: 1, attributes: {} })).toBe(false);
  });
});
