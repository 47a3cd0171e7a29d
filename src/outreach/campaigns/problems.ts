import type { FieldProblem, LocalizedText } from '../../platform/errors/index.js';

/** Collects what is wrong, each thing once. */
export class Problems {
  readonly #found = new Map<string, FieldProblem>();

  /** @param problem reads on after the field's name */
  add(field: string, problem: LocalizedText): void {
    this.#found.set(`${field} ${problem.en}`, { field, problem });
  }

  addAll(problems: readonly FieldProblem[]): void {
    for (const { field, problem } of problems) this.add(field, problem);
  }

  /** In the order in which they were found. */
  get all(): FieldProblem[] {
    return [...this.#found.values()];
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }
}

export const REQUIRED: LocalizedText = { en: 'is required', zh: '不能为空' };

/** One of these words. */
export function mustBeOneOf(values: readonly string[]): LocalizedText {
  const list = values.join(', ');
  return { en: `must be one of ${list}`, zh: `必须是 ${list} 之一` };
}

/** A whole number between two, both included. */
export function mustBeWhole(least: number, most: number): LocalizedText {
  return {
    en: `must be a whole number from ${least} to ${most}`,
    zh: `必须是 ${least} 到 ${most} 之间的整数`,
  };
}

/** Whether a number is whole and in a range, both ends included. */
export function isWholeWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Whether a text is one of these words. */
export function isOneOf<Word extends string>(words: readonly Word[], value: string): value is Word {
  return (words as readonly string[]).includes(value);
}
