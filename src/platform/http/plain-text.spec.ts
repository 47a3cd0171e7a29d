import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsName, IsPlainText } from './plain-text.js';

class Sample {
  @IsName(5)
  name: unknown = 'name';

  @IsPlainText(5)
  text: unknown = '';
}

/** The rules a value breaks, the first being the one that is answered. */
function broken(sample: Partial<Sample>): string[] {
  return validateSync(Object.assign(new Sample(), sample), { stopAtFirstError: true }).flatMap(
    ({ property, constraints }) => Object.keys(constraints ?? {}).map((rule) => `${property} ${rule}`),
  );
}

describe('IsName', () => {
  it.each(['a', ' a b ', '🚩🚩🚩🚩🚩', '项目', 'é'])('takes %j', (name) => {
    expect(broken({ name })).toEqual([]);
  });

  it.each([
    [undefined, 'isNotEmpty'],
    [null, 'isNotEmpty'],
    ['', 'isNotEmpty'],
    [' \u00a0', 'isNotEmpty'],
    [5, 'isString'],
    [{}, 'isString'],
    ['abcdef', 'maxLength'],
    ['a\ufe0fb\ufe0fc\ufe0f', 'maxLength'],
    ['a\u0000', 'isPlainText'],
    ['a\nb', 'isPlainText'],
    ['a\u0085', 'isPlainText'],
    ['a\u2028', 'isPlainText'],
    ['a\ud83d', 'isPlainText'],
    ['\udea9a', 'isPlainText'],
  ])('refuses %j by %s', (name, rule) => {
    expect(broken({ name })).toEqual([`name ${rule}`]);
  });
});

describe('IsPlainText', () => {
  it.each(['', '  ', 'a\nb', 'a\r\n', 'a\tb'])('takes %j', (text) => {
    expect(broken({ text })).toEqual([]);
  });

  it.each([
    [null, 'isString'],
    [[], 'isString'],
    ['abcdef', 'maxLength'],
    ['\u0000', 'isPlainText'],
    ['\u001b[0m', 'isPlainText'],
    ['\ud800', 'isPlainText'],
  ])('refuses %j by %s', (text, rule) => {
    expect(broken({ text })).toEqual([`text ${rule}`]);
  });
});
