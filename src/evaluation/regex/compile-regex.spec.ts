import { describe, expect, it } from 'vitest';
import { compileRegex } from './compile-regex.js';

describe('compileRegex', () => {
  it.each([
    ['\\d\\d\\d', 'some 666 word', true],
    ['^a.c$', 'abc', true],
    ['^a.c$', 'xabc', false],
    ['a.c', 'a\nc', false],
    ['A', 'a', false],
    ['', '', true],
    ['^(?!.*test).*@corp\\.com$', 'ann@corp.com', true],
    ['^(?!.*test).*@corp\\.com$', 'test@corp.com', false],
    ['(?<=v)\\d+(?!\\d|\\.)', 'v12', true],
    ['(?<year>\\d{4})-(?<month>\\d\\d)', 'on 2026-01', true],
    ['\\bcat\\b', 'a cat.', true],
    ['\\bcat\\b', 'concatenate', false],
    ['^.$', '😀', false],
    ['[à-ü]', 'é', true],
    ['\\p{L}', 'é', false],
  ])('finds /%s/ in %j: %s', (source, text, found) => {
    expect(compileRegex(source)?.(text)).toBe(found);
  });

  it.each(['(', '[a', '*', 'a{2,1}', '(?P<x>a)', '('.repeat(100_000)])(
    'refuses what does not compile (%#)',
    (source) => expect(compileRegex(source)).toBeUndefined(),
  );

  it.each([
    ['a back-reference', '(a)\\1'],
    ['a named one', '(?<x>a)\\k<x>'],
    ['one that comes before its group', '\\2(a)(b)'],
    ['repeats that multiply', '((a{100}){100}){100}'],
    ['nesting', `${'('.repeat(500)}a${')'.repeat(500)}`],
    ['repeats without an end', 'a{99999999999999999999}'],
  ])('refuses %s', (_name, source) => expect(compileRegex(source)).toBeUndefined());

  it.each(['\\1', '[\\1](a)', '\\k', '(?:a)\\1', '[(]\\1', '\\(\\1'])(
    'takes for no back-reference what is none: %s',
    (source) => expect(compileRegex(source)).toBeDefined(),
  );
});

/** Each of these keeps JavaScript's own engine busy for longer than anyone would wait. */
describe('hostile patterns', () => {
  const most = 'a'.repeat(1_000);

  it.each([
    ['nested repeats', '^(a+)+$'],
    ['repeats of what may be empty', '^(a*)*$'],
    ['alternatives that overlap', '^(a|a)*$'],
    ['alternatives that overlap in part', '^(a|aa)+$'],
    ['many repeats in a row', '^a*a*a*a*a*a*a*a*$'],
    ['many options in a row', `^${'(?:a|aa)?'.repeat(30)}a*$`],
    ['an e-mail address', '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*$'],
    ['counted repeats', '^(?:a{1,10}){1,10}a*$'],
  ])('%s get the right answer', (_name, source) => {
    const test = compileRegex(source);
    expect(test?.(most)).toBe(true);
    expect(test?.(`${most}!`)).toBe(false);
    expect(test?.(`${'a'.repeat(30)}!`)).toBe(false);
  });

  it.each([
    ['nested repeats in a look-ahead', '^(?=(a+)+$)'],
    ['negated', '^(?!(a+)+$)a*!'],
    ['looking at every place', '(?=(?:a|aa)*b)'],
  ])('%s too', (_name, source) => {
    const [native, test] = [new RegExp(source), compileRegex(source)];
    for (const text of ['aaaa', 'aaaa!', 'aaab', '']) expect(test?.(text)).toBe(native.test(text));
    expect(test?.(`${'a'.repeat(300)}!`)).toBe(source.includes('!('));
  });

  it('are given up where even that would take too long', () => {
    expect(compileRegex('(?:a|aa)*b')?.('a'.repeat(1_000_000))).toBeUndefined();
    expect(compileRegex('(?=a*$)b')?.('a'.repeat(5_000))).toBeUndefined();
  });
});
