import { readClass, readEscape } from './escapes.js';
import { type Pattern, type Place, UnsupportedPattern } from './pattern.js';
import { PatternReader } from './pattern-reader.js';
import { ANY_BUT_LINE_TERMINATORS, UnitSet } from './unit-set.js';

/** Groups within groups. Deeper patterns are nobody's work, and would overflow the stack. */
const MAX_NESTING = 100;

const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
const QUANTIFIERS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Infinity],
  '+': [1, Infinity],
  '?': [0, 1],
};

/** Escapes, classes and the starts of groups that are counted: all that could hide a parenthesis, or be one. */
const GROUP_STARTS = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\((?!\?)|\(\?<(?![=!])/g;

/**
 * Takes apart a pattern that JavaScript compiles without flags.
 * @throws UnsupportedPattern for back-references, which can't be matched in bounded time; for flags within a pattern; and
 * for groups nested too deep.
 */
export function parsePattern(source: string): Pattern {
  return new PatternParser(source).parse();
}

class PatternParser {
  readonly #reader: PatternReader;
  readonly #groupCount: number;
  readonly #hasNames: boolean;
  #nesting = 0;

  constructor(source: string) {
    this.#reader = new PatternReader(source);
    const starts = (source.match(GROUP_STARTS) ?? []).filter((start) => start.startsWith('('));
    this.#groupCount = starts.length;
    this.#hasNames = starts.some((start) => start === '(?<');
  }

  parse(): Pattern {
    const options = [this.#sequence()];
    while (this.#reader.eat('|')) options.push(this.#sequence());
    const [only] = options;
    return only && options.length === 1 ? only : { kind: 'choice', options };
  }

  #sequence(): Pattern {
    const items: Pattern[] = [];
    while (!this.#reader.atEnd && this.#reader.peek() !== '|' && this.#reader.peek() !== ')')
      items.push(this.#quantified(this.#term()));
    return { kind: 'sequence', items };
  }

  #quantified(item: Pattern): Pattern {
    const match = this.#reader.eatMatch(QUANTIFIER);
    if (!match) return item;
    const [, sign, from = '', comma, to] = match;
    if (sign) {
      const [min, max] = QUANTIFIERS[sign] ?? [1, 1];
      return { kind: 'repeat', item, min, max };
    }
    const min = Number(from);
    return { kind: 'repeat', item, min, max: comma ? (to ? Number(to) : Infinity) : min };
  }

  #term(): Pattern {
    const char = this.#reader.next();
    switch (char) {
      case '^':
        return at('start');
      case '$':
        return at('end');
      case '(':
        return this.#group();
      case '[':
        return { kind: 'units', set: readClass(this.#reader) };
      case '.':
        return { kind: 'units', set: ANY_BUT_LINE_TERMINATORS };
      case '\\':
        return this.#escape();
      default:
        // A brace or closing bracket that means nothing here is itself.
        return { kind: 'units', set: UnitSet.of(char.charCodeAt(0)) };
    }
  }

  #escape(): Pattern {
    if (this.#reader.eat('b')) return at('edge');
    if (this.#reader.eat('B')) return at('no edge');
    this.#refuseBackReference();
    return { kind: 'units', set: readEscape(this.#reader) };
  }

  /** Digits that number no group are an octal or themselves, as `\k` is itself where no group has a name. */
  #refuseBackReference(): void {
    const number = Number(this.#reader.lookAt(/[1-9]\d*/y)?.[0] ?? Infinity);
    if (number <= this.#groupCount || (this.#hasNames && this.#reader.peek() === 'k'))
      throw new UnsupportedPattern('a back-reference');
  }

  #group(): Pattern {
    if (++this.#nesting > MAX_NESTING) throw new UnsupportedPattern('groups nested too deep');
    const look = this.#reader.eatMatch(/\?(<?)([=!])/y);
    if (!look && !this.#reader.eatMatch(/\?:|\?<[^>]*>/y) && this.#reader.peek() === '?')
      throw new UnsupportedPattern('flags for a part of the pattern');
    const item = this.parse();
    this.#reader.eat(')');
    this.#nesting--;
    if (!look) return item;
    return { kind: 'look', item, behind: look[1] === '<', negated: look[2] === '!' };
  }
}

function at(place: Place): Pattern {
  return { kind: 'assertion', place };
}
