import { costOf } from './backtracking-cost.js';
import { search } from './bounded-search.js';
import { parsePattern } from './parse-pattern.js';
import { type Pattern, UnsupportedPattern } from './pattern.js';
import { compileProgram, type Program } from './program.js';

/** Whether a pattern is found anywhere in the text; undefined where finding out would take too long. Never throws. */
export type RegexTest = (text: string) => boolean | undefined;

/** Steps that JavaScript's own engine may take at worst, at about a nanosecond each. */
const MAX_NATIVE_STEPS = 1_000_000;

/**
 * Compiles a regular expression as JavaScript reads it without flags: case counts, `.` stops at line ends, `^` and `$`
 * are the ends of the text. Undefined for one that doesn't compile, and for one that can't be searched for in bounded
 * time: with back-references, or with counted repeats that come to more than 50,000 steps.
 *
 * Patterns come from people who target, texts from anybody, and JavaScript's own engine may take exponential time. It is
 * used only where the pattern's form and the text's length show that it can't take long, which is the case for most
 * patterns and ordinary attributes; all else goes to `search`, which takes at most a fixed number of steps. Which of them
 * answers makes no difference to the answer.
 */
export function compileRegex(source: string): RegexTest | undefined {
  const regex = nativeRegex(source);
  const compiled = regex && boundedRegex(source);
  if (!compiled) return undefined;
  const { program, nativeLength } = compiled;
  return (text) => (text.length <= nativeLength ? regex.test(text) : search(program, text));
}

function nativeRegex(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

function boundedRegex(source: string): { program: Program; nativeLength: number } | undefined {
  try {
    const pattern = parsePattern(source);
    const program = compileProgram(pattern);
    return { program, nativeLength: nativeLengthOf(pattern, program) };
  } catch (error) {
    if (error instanceof UnsupportedPattern) return undefined;
    throw error;
  }
}

/** The longest text for which `steps × ways × n ^ degree`, from each of its n places, stays below the limit; -1: none. */
function nativeLengthOf(pattern: Pattern, { size }: Program): number {
  const { ways, degree } = costOf(pattern);
  if (degree === Infinity) return -1;
  const places = (MAX_NATIVE_STEPS / (size * ways)) ** (1 / (degree + 1));
  return Math.floor(places) - 1;
}
