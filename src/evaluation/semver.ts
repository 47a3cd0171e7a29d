import { isSemver } from '../targeting-rules/index.js';

/**
 * A version of Semantic Versioning 2.0.0, taken apart for comparing. Numbers stay digits, since they may be of any
 * length.
 */
export interface Semver {
  /** Major, minor, patch. */
  readonly numbers: readonly string[];
  /** The parts of the pre-release; none for a release. */
  readonly prerelease: readonly string[];
}

const DIGITS = /^\d+$/;

/** The version; undefined when the text is no full `x.y.z`, with or without pre-release and build parts. */
export function parseSemver(text: string): Semver | undefined {
  if (!isSemver(text)) return undefined;
  // Build metadata says nothing about which version is higher.
  const [version = ''] = text.split('+', 1);
  const dash = version.indexOf('-');
  if (dash < 0) return { numbers: version.split('.'), prerelease: [] };
  return { numbers: version.slice(0, dash).split('.'), prerelease: version.slice(dash + 1).split('.') };
}

/** Negative when `a` is lower, positive when it is higher, 0 when neither (semver.org, section 11). */
export function compareSemvers(a: Semver, b: Semver): number {
  return compareParts(a.numbers, b.numbers, compareDigits) || comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  return compareParts(a, b, compareIdentifiers) || a.length - b.length;
}

/** The order of the first parts that differ, as far as both have parts. */
function compareParts(
  a: readonly string[],
  b: readonly string[],
  compare: (a: string, b: string) => number,
): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const order = compare(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers are lower than words. */
function compareIdentifiers(a: string, b: string): number {
  const [isNumberA, isNumberB] = [DIGITS.test(a), DIGITS.test(b)];
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return isNumberA ? compareDigits(a, b) : compareTexts(a, b);
}

/** The grammar forbids leading zeros, so more digits make a higher number. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareTexts(a, b);
}

/** By code units, which for the ASCII of versions is the order that semver.org asks for. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
