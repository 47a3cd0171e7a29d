import { describe, expect, it } from 'vitest';
import { prerequisiteKeysIn, segmentKeysIn, subjectsIn } from './references.js';
import type { SegmentRule } from './targeting-content.js';

const rules: SegmentRule[] = [
  {
    conditions: [
      { type: 'segment', subject: 'user', predicate: 'is in', objects: ['vip', 'beta'] },
      { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] },
    ],
  },
  {
    conditions: [
      { type: 'number', subject: 'age', predicate: '>', objects: ['18'] },
      { type: 'string', subject: 'city', predicate: 'contains', objects: ['vip'] },
      { type: 'segment', predicate: 'is not in', objects: ['staff', 'vip'] },
    ],
  },
];

describe('references', () => {
  it('lists segment keys once, in order', () =>
    expect(segmentKeysIn(rules)).toEqual(['vip', 'beta', 'staff']));

  it('lists subjects once, in order, without those of segment conditions', () => {
    expect(subjectsIn(rules)).toEqual(['city', 'age']);
  });

  it('lists prerequisite keys once, in order', () => {
    const of = (key: string) => ({ key, value: 'true', type: 'boolean' as const });
    expect(prerequisiteKeysIn({ prerequisites: [of('b'), of('a'), of('b')] })).toEqual(['b', 'a']);
  });

  it.each([null, undefined])('finds nothing in %j', (none) => {
    expect([segmentKeysIn(none), subjectsIn(none), prerequisiteKeysIn({ prerequisites: none })]).toEqual([
      [],
      [],
      [],
    ]);
  });
});
