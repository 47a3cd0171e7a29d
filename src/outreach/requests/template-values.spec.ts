import { describe, expect, it } from 'vitest';
import type { TemplateParam, TemplateValue } from '../touchpoints/touchpoint-config.js';
import { checkTemplateValues, prepareValues } from './template-values.js';

const ENUM = { options: { values: [{ code: 'gold', name: 'Gold' }] } } as const;
const SEVERAL = { options: { multiple: true, values: [{ code: 'gold', name: 'Gold' }] } } as const;

function check(
  params: readonly TemplateParam[],
  values: unknown,
  codes?: ReadonlySet<string>,
): { field: string; problem: string }[] {
  const options = { field: 'templateValues', codesOf: () => codes };
  return checkTemplateValues(params, values as Record<string, TemplateValue>, options).map(
    ({ field, problem }) => {
      expect(problem.zh).toMatch(/\p{Script=Han}/u);
      return { field, problem: problem.en };
    },
  );
}

/** What one value of the type comes to: the JSON that is sent, or what is wrong. */
function outcome(type: Omit<TemplateParam, 'name'>, value: unknown, codes?: ReadonlySet<string>): string {
  const params = [{ name: 'p', ...type }];
  const [problem] = check(params, { p: value }, codes);
  if (problem) return problem.problem;
  const [prepared] = prepareValues(params, { p: value as TemplateValue });
  return prepared?.json ?? 'nothing';
}

describe('a NUMBER', () => {
  it.each([
    [100, '100'],
    [-0.5, '-0.5'],
    ['100', '100'],
    [' 12.50 ', '12.5'],
    ['+1e3', '1000'],
    ['', 'nothing'],
    [undefined, 'nothing'],
    [null, 'nothing'],
  ])('takes %j', (value, sent) => {
    expect(outcome({ type: 'NUMBER' }, value)).toBe(sent);
  });

  it.each(['ten', '0x10', '1,000', ' ', 'NaN', '1e999', Infinity, true, [], ['1'], {}])(
    'refuses %j',
    (value) => {
      expect(outcome({ type: 'NUMBER' }, value)).toBe('must be a number');
    },
  );
});

describe('an INTEGER', () => {
  it.each([
    [100, '100'],
    ['-7', '-7'],
    ['100.0', '100'],
    [9_007_199_254_740_991, '9007199254740991'],
  ])('takes %j', (value, sent) => {
    expect(outcome({ type: 'INTEGER' }, value)).toBe(sent);
  });

  it.each([1.5, '1.5', 'x', 2 ** 53, '9007199254740993', true])('refuses %j', (value) => {
    expect(outcome({ type: 'INTEGER' }, value)).toBe('must be a whole number');
  });
});

describe('a DATE', () => {
  it.each([
    '2022-10-01',
    '2024-02-29',
    '2000-02-29',
    '2022-10-01T08:00',
    '2022-10-01 08:00:59',
    '2022-10-01T08:00:00.123Z',
    '2022-10-01T08:00:00+08:00',
    '2022-10-01T08:00:00-0330',
  ])('takes %s as it is given', (value) => {
    expect(outcome({ type: 'DATE' }, value)).toBe(JSON.stringify(value));
  });

  it.each([
    '2026-02-30',
    '2023-02-29',
    '1900-02-29',
    '2022-13-01',
    '2022-00-01',
    '2022-01-00',
    '0000-01-01',
    '2022-1-1',
    '2022-10-01T24:00',
    '2022-10-01T08:60',
    '2022-10-01T08:00:60',
    '2022-10-01T08:00+15:00',
    '2022-10-01Z',
    'tomorrow',
    ' 2022-10-01',
    20_221_001,
    true,
  ])('refuses %j', (value) => {
    expect(outcome({ type: 'DATE' }, value)).toMatch(/^must be a date/);
  });
});

describe('an ENUM', () => {
  const codes = new Set(['gold', 'silver']);

  it.each([
    [ENUM, 'gold', '"gold"'],
    [SEVERAL, ['silver', 'gold'], '["silver","gold"]'],
    [ENUM, 'bronze', 'must be one of the options: "bronze" is none'],
    [SEVERAL, ['gold', 'bronze'], 'must be one of the options: "bronze" is none'],
    [ENUM, ['gold'], 'must be one code, as text'],
    [ENUM, 1, 'must be one code, as text'],
    [SEVERAL, 'gold', 'must be a list of codes, as text'],
    [SEVERAL, ['gold', 1], 'must be a list of codes, as text'],
    [SEVERAL, [], 'must not be an empty list: leave it out instead'],
    [SEVERAL, ['gold', ''], 'must not hold an empty code'],
    [SEVERAL, ['gold', 'gold'], 'must hold each code once'],
  ])('%j %j: %s', (options, value, result) => {
    expect(outcome({ type: 'ENUM', ...options }, value, codes)).toBe(result);
  });

  it('takes any code where none are known', () => {
    expect(outcome({ type: 'ENUM', ...ENUM }, 'bronze')).toBe('"bronze"');
    expect(outcome({ type: 'ENUM', ...SEVERAL }, ['bronze'])).toBe('["bronze"]');
  });
});

describe('a TEXT', () => {
  it.each([
    ['Happy birthday', '"Happy birthday"'],
    ['  ', '"  "'],
    [12.5, '"12.5"'],
    ['\\{{name}} "\n', '"{{name}} \\"\\n"'],
    ['x'.repeat(10_000), `"${'x'.repeat(10_000)}"`],
    ['x'.repeat(10_001), 'must be at most 10000 characters long'],
    [true, 'must be text'],
    [['a'], 'must be text'],
    [NaN, 'must be text'],
    ['{{name', 'has a "{{" without "}}" after it; "\\{{" stands for the characters themselves'],
  ])('%j: %s', (value, result) => {
    expect(outcome({ type: 'TEXT' }, value)).toBe(result);
  });

  it('keeps one with placeholders as it was written', () => {
    const [prepared] = prepareValues([{ name: 'p', type: 'TEXT' }], { p: 'Dear {{ name }}' });
    expect(prepared).toEqual({
      name: 'p',
      json: '"Dear {{ name }}"',
      parts: ['Dear ', { attribute: 'name', fallback: '' }],
    });
  });
});

describe(checkTemplateValues.name, () => {
  it('names all problems at once, each by its field', () => {
    const params: TemplateParam[] = [
      { name: 'amount', type: 'INTEGER', required: true },
      { name: 'start', type: 'DATE' },
      { name: 'fine', type: 'TEXT' },
      { name: 'title', type: 'TEXT', required: true },
    ];
    expect(check(params, { amount: 1.5, start: '2026-02-30', fine: 'x', title: '', other: 'x' })).toEqual([
      { field: 'templateValues.amount', problem: 'must be a whole number' },
      { field: 'templateValues.start', problem: expect.stringMatching(/^must be a date/) },
      { field: 'templateValues.title', problem: 'is required' },
    ]);
  });

  it.each(['NUMBER', 'INTEGER', 'DATE', 'ENUM'] as const)('lets a %s hold no placeholders', (type) => {
    expect(outcome({ type }, '{{birthday}}')).toMatch(/^must not hold placeholders/);
  });

  it('bounds the codes of a multiple choice together', () => {
    const codes = Array.from({ length: 1001 }, (_, index) => `code-${index}`.padEnd(10, 'x'));
    expect(outcome({ type: 'ENUM', ...SEVERAL }, codes)).toMatch(/^must be at most/);
    expect(outcome({ type: 'ENUM', ...SEVERAL }, codes.slice(1))).toMatch(/^\["code-1/);
  });

  it('takes the default where the campaign gives nothing, and judges it alike', () => {
    const param: TemplateParam = { name: 'amount', type: 'INTEGER', required: true, defaultValue: 5 };
    expect(check([param], {})).toEqual([]);
    expect(prepareValues([param], { amount: '' })).toEqual([{ name: 'amount', json: '5' }]);
    expect(prepareValues([param], { amount: 7 })).toEqual([{ name: 'amount', json: '7' }]);
    expect(check([{ ...param, defaultValue: 'x' }], {})).toEqual([
      { field: 'templateValues.amount', problem: 'must be a whole number' },
    ]);
    expect(check([{ ...param, defaultValue: '' }], {})).toEqual([
      { field: 'templateValues.amount', problem: 'is required' },
    ]);
  });

  it('takes false and 0 for values', () => {
    expect(check([{ name: 'n', type: 'NUMBER', required: true }], { n: 0 })).toEqual([]);
    expect(prepareValues([{ name: 'n', type: 'NUMBER' }], { n: 0 })).toEqual([{ name: 'n', json: '0' }]);
  });

  it('is not misled by names that every object answers for', () => {
    const params = ['constructor', 'toString', '__proto__'].map((name): TemplateParam => ({
      name,
      type: 'TEXT',
      required: true,
    }));
    expect(check(params, {}).map(({ problem }) => problem)).toEqual(Array(3).fill('is required'));
    expect(check(params, JSON.parse('{"constructor":"a","toString":"b","__proto__":"c"}'))).toEqual([]);
  });
});

describe(prepareValues.name, () => {
  it('leaves out what has neither a value nor a default', () => {
    expect(prepareValues([{ name: 'a', type: 'TEXT' }], {})).toEqual([]);
  });

  it('throws for what was not checked', () => {
    expect(() => prepareValues([{ name: 'a', type: 'NUMBER' }], { a: 'x' })).toThrow('a must be a number');
  });
});
