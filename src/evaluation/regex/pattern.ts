import type { UnitSet } from './unit-set.js';

/**
 * What a regular expression asks of a text. Groups are gone, and greedy and lazy repeats are the same: all that is asked
 * is whether there is a match, not which.
 */
export type Pattern =
  | { readonly kind: 'units'; readonly set: UnitSet }
  | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  /** `max` may be Infinity. */
  | { readonly kind: 'repeat'; readonly item: Pattern; readonly min: number; readonly max: number }
  | { readonly kind: 'assertion'; readonly place: Place }
  | { readonly kind: 'look'; readonly item: Pattern; readonly behind: boolean; readonly negated: boolean };

/** A place in a text: its start or end, the edge of a word (`\b`), or anywhere else (`\B`). */
export type Place = 'start' | 'end' | 'edge' | 'no edge';

/** What can't be searched for in bounded time. */
export class UnsupportedPattern extends Error {}
