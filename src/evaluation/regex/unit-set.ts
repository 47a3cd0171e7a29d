/** From the first to the last, both included. */
type Range = readonly [first: number, last: number];

const MAX_UNIT = 0xffff;

/** A set of UTF-16 code units, which are what a pattern without the flag `u` reads. */
export class UnitSet {
  /** In order, with gaps between them. */
  readonly #ranges: readonly Range[];

  constructor(ranges: readonly Range[]) {
    this.#ranges = merge(ranges);
  }

  static of(...units: number[]): UnitSet {
    return new UnitSet(units.map((unit) => [unit, unit]));
  }

  /** By halving, since a class in a pattern may have thousands of ranges. */
  has(unit: number): boolean {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.#ranges[middle] ?? [0, 0];
      if (unit < first) high = middle;
      else if (unit > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  union(...others: readonly UnitSet[]): UnitSet {
    return new UnitSet([this, ...others].flatMap((set) => set.#ranges));
  }

  complement(): UnitSet {
    const gaps: Range[] = [];
    let next = 0;
    for (const [first, last] of this.#ranges) {
      if (first > next) gaps.push([next, first - 1]);
      next = last + 1;
    }
    if (next <= MAX_UNIT) gaps.push([next, MAX_UNIT]);
    return new UnitSet(gaps);
  }
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

const unit = (char: string): number => char.charCodeAt(0);
const range = (first: string, last: string): Range => [unit(first), unit(last)];

const LINE_TERMINATORS = UnitSet.of(0x0a, 0x0d, 0x2028, 0x2029);
/** What `.` stands for. */
export const ANY_BUT_LINE_TERMINATORS = LINE_TERMINATORS.complement();

const DIGITS = new UnitSet([range('0', '9')]);
/** What `\w` stands for; `\b` is where one side is such a unit and the other is none. */
export const WORD_UNITS = DIGITS.union(new UnitSet([range('a', 'z'), range('A', 'Z'), range('_', '_')]));
/** ECMAScript's WhiteSpace and LineTerminator. */
const SPACES = LINE_TERMINATORS.union(
  UnitSet.of(0x09, 0x0b, 0x0c, 0x20, 0xa0, 0x1680, 0x202f, 0x205f, 0x3000, 0xfeff),
  new UnitSet([[0x2000, 0x200a]]),
);

/** The classes that have an escape, by its letter. */
export const CLASS_ESCAPES: Readonly<Record<string, UnitSet>> = {
  d: DIGITS,
  D: DIGITS.complement(),
  w: WORD_UNITS,
  W: WORD_UNITS.complement(),
  s: SPACES,
  S: SPACES.complement(),
};
