import { describe, expect, it } from 'vitest';
import { MAX_OPTIONS, readOptions } from './option-answer.js';
import { codesIn } from './option.js';

const GOLD = { code: 'gold', description: 'Gold' };

describe('readOptions', () => {
  const read = (answer: unknown): ReturnType<typeof readOptions> => readOptions(200, JSON.stringify(answer));
  const problem = (answer: unknown): string => {
    const reading = read(answer);
    return 'problem' in reading ? reading.problem.en : 'none';
  };

  it('takes entries, and categories of entries', () => {
    const enumArgs = [GOLD, { code: 'c', description: 'Category', childEnumArgs: [GOLD] }];
    expect(read({ code: 0, enumArgs, more: 1 })).toEqual({
      options: [GOLD, { code: 'c', description: 'Category', children: [GOLD] }],
    });
    expect(read({ code: 0, enumArgs: [] })).toEqual({ options: [] });
  });

  it('takes an entry without children for a value, and drops what it does not know', () => {
    for (const childEnumArgs of [[], null])
      expect(read({ code: 0, enumArgs: [{ ...GOLD, childEnumArgs, extra: 1 }] })).toEqual({
        options: [GOLD],
      });
  });

  it('takes a byte order mark and any 2xx', () => {
    const text = `\uFEFF${JSON.stringify({ code: 0, enumArgs: [GOLD] })}`;
    expect(readOptions(201, text)).toEqual({ options: [GOLD] });
  });

  it.each([
    [null, 'the answer of the API is no object'],
    [{}, 'code in the answer of the API is not a number'],
    [{ code: '0', enumArgs: [] }, 'code in the answer of the API is not a number'],
    [{ code: 500 }, 'the API answered with code 500'],
    [{ code: 1, message: 'x'.repeat(400) }, `the API answered with code 1: ${'x'.repeat(300)}…`],
    [{ code: 0 }, 'enumArgs in the answer of the API is not a list'],
    [{ code: 0, enumArgs: {} }, 'enumArgs in the answer of the API is not a list'],
    [{ code: 0, enumArgs: [null] }, 'enumArgs[0] in the answer of the API is no object'],
    [{ code: 0, enumArgs: [{ ...GOLD, code: 7 }] }, 'enumArgs[0].code in the answer of the API is not text'],
    [{ code: 0, enumArgs: [{ ...GOLD, code: '' }] }, 'enumArgs[0].code in the answer of the API is empty'],
    [{ code: 0, enumArgs: [{ code: 'a' }] }, 'enumArgs[0].description in the answer of the API is not text'],
    [
      { code: 0, enumArgs: [{ ...GOLD, childEnumArgs: 'x' }] },
      'enumArgs[0].childEnumArgs in the answer of the API is not a list',
    ],
    [
      { code: 0, enumArgs: [{ ...GOLD, childEnumArgs: [GOLD, 1] }] },
      'enumArgs[0].childEnumArgs[1] in the answer of the API is no object',
    ],
    [
      { code: 0, enumArgs: [{ ...GOLD, childEnumArgs: [{ ...GOLD, childEnumArgs: [GOLD] }] }] },
      'enumArgs[0].childEnumArgs[0].childEnumArgs in the answer of the API is a third level',
    ],
  ])('refuses %j', (answer, words) => {
    expect(problem(answer)).toBe(words);
  });

  it('counts the values of all levels', () => {
    const many = (count: number): object[] => Array.from({ length: count }, () => GOLD);
    const category = (count: number): unknown => ({
      code: 0,
      enumArgs: [{ ...GOLD, childEnumArgs: many(count) }],
    });
    expect(problem(category(MAX_OPTIONS - 1))).toBe('none');
    expect(problem(category(MAX_OPTIONS))).toContain('enumArgs in the answer of the API has 1001 values');
  });
});

describe('codesIn', () => {
  it('has values, and of categories the children', () => {
    const children = [{ code: 'a', description: 'A' }];
    expect([...codesIn([GOLD, { code: 'c', description: 'C', children }])]).toEqual(['gold', 'a']);
  });
});
