import { type PatternReader } from './pattern-reader.js';
import { CLASS_ESCAPES, UnitSet } from './unit-set.js';

const CONTROLS: Readonly<Record<string, number>> = { f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09, v: 0x0b };
const BACKSPACE = 0x08;
const BACKSLASH = 0x5c;
const HYPHEN = 0x2d;

const CLASS_LETTER = /[dDwWsS]/y;
const CONTROL = /[fnrtv]/y;
const HEX = /x([\da-fA-F]{2})|u([\da-fA-F]{4})/y;
const OCTAL = /[0-3][0-7]{0,2}|[4-7][0-7]?/y;
const CONTROL_LETTER = /c([A-Za-z])/y;
const CONTROL_LETTER_IN_CLASS = /c(\w)/y;

/** One unit, or several of which any will do. */
type Units = number | UnitSet;

/** What an escape stands for, read from after its backslash; one that is neither a place nor a back-reference. */
export function readEscape(reader: PatternReader): UnitSet {
  return asSet(readUnits(reader, CONTROL_LETTER));
}

/** A class, read from after its `[`. */
export function readClass(reader: PatternReader): UnitSet {
  const negated = reader.eat('^');
  const parts: UnitSet[] = [];
  while (!reader.eat(']')) {
    const first = readClassUnits(reader);
    if (!reader.eatMatch(/-(?!\])/y)) parts.push(asSet(first));
    else parts.push(rangeOf(first, readClassUnits(reader)));
  }
  const set = new UnitSet([]).union(...parts);
  return negated ? set.complement() : set;
}

function readClassUnits(reader: PatternReader): Units {
  if (!reader.eat('\\')) return reader.next().charCodeAt(0);
  return reader.eat('b') ? BACKSPACE : readUnits(reader, CONTROL_LETTER_IN_CLASS);
}

/** `\w-z` is no range, but all of `\w`, the hyphen and `z`. */
function rangeOf(first: Units, last: Units): UnitSet {
  if (typeof first === 'number' && typeof last === 'number') return new UnitSet([[first, last]]);
  return UnitSet.of(HYPHEN).union(asSet(first), asSet(last));
}

/**
 * With what browsers allow beside the standard's main part (ECMA-262, annex B.1.2): octals, and letters that mean nothing
 * else.
 */
function readUnits(reader: PatternReader, controlLetter: RegExp): Units {
  const classLetter = reader.eatMatch(CLASS_LETTER);
  if (classLetter) return CLASS_ESCAPES[classLetter[0]] ?? UnitSet.of();
  const control = reader.eatMatch(CONTROL);
  if (control) return CONTROLS[control[0]] ?? 0;
  const hex = reader.eatMatch(HEX);
  if (hex) return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
  const octal = reader.eatMatch(OCTAL);
  if (octal) return Number.parseInt(octal[0], 8);
  const letter = reader.eatMatch(controlLetter);
  if (letter) return (letter[1] ?? '').charCodeAt(0) % 32;
  // `\c` before anything else is a backslash, and the `c` comes after it.
  return reader.peek() === 'c' ? BACKSLASH : reader.next().charCodeAt(0);
}

function asSet(units: Units): UnitSet {
  return typeof units === 'number' ? UnitSet.of(units) : units;
}
