import { describe, expect, it } from 'vitest';
import { isDatetime, isDecimal, isJsonObject, isRegex, isSemver } from './formats.js';

describe('isDecimal', () => {
  it.each(['0', '18', '-0.5', '+3', '1.', '.5', '007', '1e3', '1.5E-7', '1e308'])('takes %j', (text) => {
    expect(isDecimal(text)).toBe(true);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    'e3',
    '1e',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    '1d',
    '1_000',
    '1,5',
    '5abc',
    'NaN',
    'Infinity',
    '1e999',
    '١٢',
    '1\u0000',
  ])('refuses %j', (text) => {
    expect(isDecimal(text)).toBe(false);
  });
});

describe('isDatetime', () => {
  it.each([
    '2026-01-31T18:30:00+08:00',
    '2026-01-31T18:30:00-05:00',
    '2026-01-31T18:30:00+05:30',
    '2026-01-31T18:30:00+05:59',
    '2026-01-31T18:30:00-12:00',
    '2026-01-31T18:30:00+14:00',
    '2026-01-31T18:30:00-00:30',
    '2026-01-31T23:59:59Z',
    '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z',
  ])('takes %s, and Date.parse reads it', (text) => {
    expect(isDatetime(text)).toBe(true);
    expect(Date.parse(text)).not.toBeNaN();
  });

  it.each([
    '',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-13-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T00:60:00Z',
    '2026-01-31T00:00:60Z',
    '2026-01-31T00:00:00',
    '2026-01-31T00:00:00z',
    '2026-01-31T00:00:00+0800',
    '2026-01-31T00:00:00+08:60',
    '2026-01-31T00:00:00+14:01',
    '2026-01-31T00:00:00-12:01',
    '2026-01-31T00:00:00.000Z',
    '2026-01-31 00:00:00Z',
    '2026-01-31T00:00:00Z\n',
    '1795313700',
  ])('refuses %j', (text) => {
    expect(isDatetime(text)).toBe(false);
  });
});

describe('isSemver', () => {
  it.each([
    '0.0.0',
    '1.2.3',
    '10.20.30',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-0A.is.legal',
    '1.0.0--',
    '1.0.0+a.01',
    '1.0.0-rc.1+build.5',
    '99999999999999999999.0.0',
  ])('takes %s', (text) => {
    expect(isSemver(text)).toBe(true);
  });

  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3+',
    '1.2.3+a_b',
    ' 1.2.3',
    '1.2.3\n',
  ])('refuses %j', (text) => {
    expect(isSemver(text)).toBe(false);
  });
});

describe('isRegex', () => {
  it.each(['^a.*z$', '[0-9]+', '(?<year>\\d{4})', 'a(?!b)'])('takes %s', (text) =>
    expect(isRegex(text)).toBe(true),
  );

  it.each(['(', '[a', '*', 'a{2,1}', '(?P<x>a)', '('.repeat(100_000)])('refuses %#', (text) => {
    expect(isRegex(text)).toBe(false);
  });
});

describe('isJsonObject', () => {
  it.each(['{}', ' {"a":[1,{"b":null}]} '])('takes %s', (text) => expect(isJsonObject(text)).toBe(true));

  it.each(['', '[]', 'null', '1', '"a"', 'true', '{', '{a:1}', "{'a':1}", '['.repeat(100_000)])(
    'refuses %#',
    (text) => {
      expect(isJsonObject(text)).toBe(false);
    },
  );
});

describe('all formats', () => {
  it.each([
    ['digits', '1'.repeat(1_000_000) + 'x'],
    ['a long version', `1.2.3-${'1'.repeat(1_000_000)}!`],
    ['many parts', `1.2.3-${'1.'.repeat(500_000)}!`],
    ['hyphens', `1.2.3-${'1-'.repeat(500_000)}!`],
  ])('take linear time for %s', (_name, text) => {
    const start = performance.now();
    expect([isDecimal(text), isSemver(text), isDatetime(text)]).toEqual([false, false, false]);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
