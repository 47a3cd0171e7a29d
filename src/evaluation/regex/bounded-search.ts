import type { Place } from './pattern.js';
import type { Instruction, Program } from './program.js';
import { WORD_UNITS } from './unit-set.js';

/**
 * Pairs of a step of the program and a place in the text that one search may look at. A pair takes some 10 to 100 ns, so
 * a search ends within milliseconds, whatever the pattern; one of an ordinary pattern in an ordinary attribute looks at
 * some hundreds.
 */
export const MAX_STATES = 250_000;

/** What is known of one program in one text. */
interface Progress {
  /** For each pair of step and place the round in which it was looked at. */
  readonly seen: Uint32Array;
  /** A pair seen in this round leads to no match. */
  round: number;
  /** For each place whether a match was found from there. */
  readonly found: Map<number, boolean>;
}

/**
 * Whether the program finds a match anywhere in the text; undefined when that would take more than `MAX_STATES`.
 *
 * It backtracks as JavaScript's own engine does, but remembers from where it failed and never tries that again: time
 * grows with the length of the pattern times that of the text, where the own engine's may double with each letter
 * (`(a+)+$`).
 */
export function search(program: Program, text: string): boolean | undefined {
  try {
    return new BoundedSearch(text).run(program);
  } catch (error) {
    if (error instanceof TooManyStates) return undefined;
    throw error;
  }
}

class TooManyStates extends Error {}

class BoundedSearch {
  readonly #progress = new Map<Program, Progress>();
  readonly #places: number;
  #looked = 0;

  constructor(private readonly text: string) {
    this.#places = text.length + 1;
  }

  run(program: Program): boolean {
    const progress = this.#progressOf(program);
    for (let start = 0; start < this.#places; start++)
      if (this.#matches(program, start, progress)) return true;
    return false;
  }

  #progressOf(program: Program): Progress {
    const known = this.#progress.get(program);
    if (known) return known;
    const states = program.instructions.length * this.#places;
    if (states > MAX_STATES) throw new TooManyStates();
    const progress = { seen: new Uint32Array(states), round: 1, found: new Map<number, boolean>() };
    this.#progress.set(program, progress);
    return progress;
  }

  #looksAt(program: Program, place: number): boolean {
    const progress = this.#progressOf(program);
    const known = progress.found.get(place);
    if (known !== undefined) return known;
    const found = this.#matches(program, place, progress);
    // What was seen on the way to a match doesn't all lead nowhere.
    if (found) progress.round++;
    progress.found.set(place, found);
    return found;
  }

  /**
   * Whether there is a match that starts at the place, or, read backwards, ends there.
   * A state is `step * places + place`.
   */
  #matches({ instructions, backwards }: Program, start: number, { seen, round }: Progress): boolean {
    const open = [start];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (seen[state] === round) continue;
      seen[state] = round;
      if (++this.#looked > MAX_STATES) throw new TooManyStates();
      const place = state % this.#places;
      const instruction = instructions[(state - place) / this.#places];
      if (instruction?.do === 'match') return true;
      if (instruction) this.#follow(instruction, { state, place, backwards }, open);
    }
    return false;
  }

  /** Adds the states that an instruction leads to; the last one added is looked at first. */
  #follow(
    instruction: Exclude<Instruction, { do: 'match' }>,
    { state, place, backwards }: { state: number; place: number; backwards: boolean },
    open: number[],
  ): void {
    const next = state + this.#places;
    switch (instruction.do) {
      case 'read': {
        const at = backwards ? place - 1 : place;
        const isThere = at >= 0 && at < this.text.length && instruction.set.has(this.text.charCodeAt(at));
        if (isThere) open.push(backwards ? next - 1 : next + 1);
        break;
      }
      case 'split':
        open.push(instruction.other * this.#places + place, next);
        break;
      case 'jump':
        open.push(instruction.to * this.#places + place);
        break;
      case 'check':
        if (this.#isAt(instruction.place, place)) open.push(next);
        break;
      case 'look':
        if (this.#looksAt(instruction.program, place) !== instruction.negated) open.push(next);
    }
  }

  #isAt(kind: Place, place: number): boolean {
    switch (kind) {
      case 'start':
        return place === 0;
      case 'end':
        return place === this.text.length;
      case 'edge':
        return this.#isWord(place - 1) !== this.#isWord(place);
      case 'no edge':
        return this.#isWord(place - 1) === this.#isWord(place);
    }
  }

  #isWord(place: number): boolean {
    return place >= 0 && place < this.text.length && WORD_UNITS.has(this.text.charCodeAt(place));
  }
}
