import { type Pattern, type Place, UnsupportedPattern } from './pattern.js';
import type { UnitSet } from './unit-set.js';

/** One step of a search; where it says nothing else, the next one follows. */
export type Instruction =
  | { readonly do: 'read'; readonly set: UnitSet }
  /** Goes on at either place. */
  | { readonly do: 'split'; readonly other: number }
  | { readonly do: 'jump'; readonly to: number }
  | { readonly do: 'check'; readonly place: Place }
  /** Goes on when the program finds a match from here, or, negated, when it finds none. */
  | { readonly do: 'look'; readonly program: Program; readonly negated: boolean }
  | { readonly do: 'match' };

/** A pattern as steps; counted repeats are written out. */
export interface Program {
  readonly instructions: readonly Instruction[];
  /** How many instructions there are, those of look-arounds included. */
  readonly size: number;
  /** Look-behinds read towards the start of the text. */
  readonly backwards: boolean;
}

/** Steps that a pattern may come to. */
const MAX_INSTRUCTIONS = 50_000;

/** @throws UnsupportedPattern for a pattern that comes to too many steps, as `(a{1000}){1000}`. */
export function compileProgram(pattern: Pattern): Program {
  return new ProgramCompiler({ count: 0 }, false).compile(pattern);
}

class ProgramCompiler {
  readonly #instructions: Instruction[] = [];

  /** @param size of this program and those it is a part of. */
  constructor(
    private readonly size: { count: number },
    private readonly backwards: boolean,
  ) {}

  compile(pattern: Pattern): Program {
    const before = this.size.count;
    this.#write(pattern);
    this.#add({ do: 'match' });
    return {
      instructions: this.#instructions,
      size: this.size.count - before,
      backwards: this.backwards,
    };
  }

  #write(pattern: Pattern): void {
    switch (pattern.kind) {
      case 'units':
        this.#add({ do: 'read', set: pattern.set });
        break;
      case 'assertion':
        this.#add({ do: 'check', place: pattern.place });
        break;
      case 'sequence':
        for (const item of this.backwards ? pattern.items.toReversed() : pattern.items) this.#write(item);
        break;
      case 'choice':
        this.#writeChoice(pattern.options);
        break;
      case 'repeat':
        this.#writeRepeat(pattern.item, pattern.min, pattern.max);
        break;
      case 'look': {
        const { item, behind, negated } = pattern;
        const program = new ProgramCompiler(this.size, behind).compile(item);
        this.#add({ do: 'look', program, negated });
      }
    }
  }

  #writeChoice(options: readonly Pattern[]): void {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const split = isLast ? undefined : this.#reserve();
      this.#write(option);
      if (split === undefined) break;
      ends.push(this.#reserve());
      this.#put(split, { do: 'split', other: this.#instructions.length });
    }
    for (const end of ends) this.#put(end, { do: 'jump', to: this.#instructions.length });
  }

  #writeRepeat(item: Pattern, min: number, max: number): void {
    for (let count = 0; count < min; count++) {
      const before = this.#instructions.length;
      this.#write(item);
      // An item without steps stays without, however often it is repeated.
      if (this.#instructions.length === before) return;
    }
    if (max === Infinity) {
      const split = this.#reserve();
      this.#write(item);
      this.#add({ do: 'jump', to: split });
      this.#put(split, { do: 'split', other: this.#instructions.length });
      return;
    }
    const splits: number[] = [];
    for (let count = min; count < max; count++) {
      splits.push(this.#reserve());
      this.#write(item);
    }
    for (const split of splits) this.#put(split, { do: 'split', other: this.#instructions.length });
  }

  /** The place of an instruction that is written once it is known where it leads. */
  #reserve(): number {
    this.#add({ do: 'match' });
    return this.#instructions.length - 1;
  }

  #put(place: number, instruction: Instruction): void {
    this.#instructions[place] = instruction;
  }

  #add(instruction: Instruction): void {
    if (++this.size.count > MAX_INSTRUCTIONS) throw new UnsupportedPattern('too many steps');
    this.#instructions.push(instruction);
  }
}
