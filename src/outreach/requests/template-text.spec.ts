import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlain, readText, type TextParts } from './template-text.js';

const partsOf = (text: string): TextParts => {
  const reading = readText(text);
  if ('problem' in reading) throw new Error(reading.problem.en);
  return reading.parts;
};

describe(readText.name, () => {
  it.each<[string, TextParts]>([
    ['', []],
    ['plain', ['plain']],
    ['{{name}}', [{ attribute: 'name', fallback: '' }]],
    [
      'Dear {{ name | dear friend }}, bye {{gid}}!',
      [
        'Dear ',
        { attribute: 'name', fallback: 'dear friend' },
        ', bye ',
        { attribute: 'gid', fallback: '' },
        '!',
      ],
    ],
    [
      '{{a|}}{{b|x|y}}',
      [
        { attribute: 'a', fallback: '' },
        { attribute: 'b', fallback: 'x|y' },
      ],
    ],
    ['亲爱的{{姓名|朋友}}', ['亲爱的', { attribute: '姓名', fallback: '朋友' }]],
    ['one { and } and }} stay', ['one { and } and }} stay']],
    ['\\{{name}}', ['{{name}}']],
    ['C:\\dir \\{{a}} {{b}}', ['C:\\dir {{a}} ', { attribute: 'b', fallback: '' }]],
    ['{\\{{', ['{{{']],
  ])('takes %j apart', (text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });

  it.each([
    ['Dear {{name', 'without "}}"'],
    ['{{a}} {{', 'without "}}"'],
    ['{{}}', "a placeholder that can't be read, {{}}"],
    ['{{ |friend}}', "can't be read, {{ |friend}}"],
    ['{{{name}}}', "can't be read, {{{name}}"],
    ['{{a|{{b}}}}', "can't be read"],
    [`{{${'x'.repeat(100)}{}}`, 'x…:'],
    ['{{a}}'.repeat(101), 'more than 100 placeholders'],
  ])('refuses %j', (text, problem) => {
    const reading = readText(text);
    expect(reading).toHaveProperty('problem.en', expect.stringContaining(problem));
    expect(reading).toHaveProperty('problem.zh', expect.stringMatching(/占位符|未闭合/));
  });

  it('takes a hundred', () => {
    expect(partsOf('{{a}}'.repeat(100))).toHaveLength(100);
  });

  it('reads back what it is made of', () => {
    const plain = fc.string({ minLength: 1 }).filter((text) => !text.includes('{') && !text.endsWith('\\'));
    const word = fc
      .string()
      .map((text) => text.replaceAll(/[{}|]/g, '').trim())
      .filter((text) => text !== '');
    const placeholder = fc.record({ attribute: word, fallback: fc.oneof(word, fc.constant('')) });
    fc.assert(
      fc.property(fc.array(fc.tuple(plain, placeholder), { maxLength: 100 }), (pairs) => {
        const text = pairs.map(
          ([before, { attribute, fallback }]) => `${before}{{${attribute}|${fallback}}}`,
        );
        expect(partsOf(text.join(''))).toEqual(pairs.flat());
      }),
    );
  });

  it('answers for any text whatever', () => {
    const character = fc.constantFrom('{', '}', '|', '\\', ' ', 'a', '\ud83d');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 30 }), (characters) => {
        const text = characters.join('');
        const reading = readText(text);
        if ('parts' in reading && isPlain(reading.parts))
          expect(reading.parts.join('')).toBe(text.replaceAll('\\{{', '{{'));
      }),
      { numRuns: 2000 },
    );
  });
});
