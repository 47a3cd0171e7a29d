import { REASONS } from './reasons.js';
import type { Value } from './repository.js';

/** What a toggle yields for a user, and why (evaluation, section 2). */
export interface Evaluation {
  /** The value of the variation; where none could be chosen, the default that the caller passed. */
  readonly value: Value | null;
  /** Position of the variation, from 0. Null where none could be chosen; -1 where a split has no range for the user. */
  readonly variationIndex: number | null;
  /** Position of the rule that decided, from 0; null where none did. */
  readonly ruleIndex: number | null;
  /** The toggle's version; null where no toggle was evaluated. */
  readonly version: number | null;
  /** `rule 0`, `default.`, `disabled.` and so on: see `REASONS`. */
  readonly reason: string;
}

/** A type that a caller may want a value to have. */
export type ValueType = 'boolean' | 'number' | 'string' | 'json';

/** The answer where rules were never loaded. */
export function notInitialized(fallback: Value | null = null): Evaluation {
  return withoutToggle(fallback, REASONS.notInitialized);
}

/** The answer where the toggle is not known. */
export function toggleNotExist(key: string, fallback: Value | null): Evaluation {
  return withoutToggle(fallback, REASONS.toggleNotExist(key));
}

/**
 * The evaluation as a caller gets it who wants a value of a type (evaluation, section 3, point 6): as it is when the
 * value is of it, or when it is the caller's default already; else the default with no indexes, and the reason
 * `type mismatch`. Lists are `json`, as objects are.
 */
export function expectType(evaluation: Evaluation, type: ValueType, fallback: Value | null): Evaluation {
  const { value, variationIndex } = evaluation;
  if (variationIndex === null || typeOf(value) === type) return evaluation;
  return {
    ...evaluation,
    value: fallback,
    variationIndex: null,
    ruleIndex: null,
    reason: REASONS.typeMismatch(type),
  };
}

function withoutToggle(value: Value | null, reason: string): Evaluation {
  return { value, variationIndex: null, ruleIndex: null, version: null, reason };
}

function typeOf(value: Value | null): string {
  return typeof value === 'object' ? 'json' : typeof value;
}
