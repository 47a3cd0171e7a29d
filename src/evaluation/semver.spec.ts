import { describe, expect, it } from 'vitest';
import { compareSemvers, parseSemver, type Semver } from './semver.js';

function parsed(text: string): Semver {
  const version = parseSemver(text);
  if (!version) throw new Error(`${text} is no version`);
  return version;
}

/** The chain of semver.org, section 11, and what it leaves out. */
const ASCENDING = [
  '0.0.1',
  '0.1.0-0',
  '0.1.0',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0--',
  '1.0.0-10a',
  '1.0.0-Alpha',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-alpha-1',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.9.0',
  '1.10.0',
  '2.0.0',
  '9007199254740992.0.0',
  '9007199254740993.0.0',
];

describe('compareSemvers', () => {
  it('orders as semver.org says', () => {
    for (const [a, lower] of ASCENDING.entries())
      for (const [b, higher] of ASCENDING.entries())
        expect(Math.sign(compareSemvers(parsed(lower), parsed(higher))), `${lower} ${higher}`).toBe(
          Math.sign(a - b),
        );
  });

  it.each([
    ['1.0.0+a', '1.0.0+b'],
    ['1.0.0+a-b', '1.0.0'],
    ['1.0.0-rc.1+7', '1.0.0-rc.1'],
  ])('ignores build metadata: %s is %s', (a, b) => {
    expect(compareSemvers(parsed(a), parsed(b))).toBe(0);
  });
});

describe('parseSemver', () => {
  it.each(['', '1', '1.2', 'v1.2.3', '1.2.3.4', '01.2.3', ' 1.2.3'])('refuses %j', (text) => {
    expect(parseSemver(text)).toBeUndefined();
  });
});
