/**
 * The content of a toggle's targeting and of a segment, as clients submit it and as it is stored (admin API contract, section 4).
 * It is kept and returned exactly as submitted, because the UI tells "dirty" from "saved" by deep equality: so every object may
 * carry further fields, and what is optional may be absent or null. What holds for accepted content is decided by
 * `validateTargeting` and `validateSegmentRules`.
 */
interface Open {
  [further: string]: unknown;
}

/** What a toggle's variations, and the values its prerequisites ask for, may be. */
export const TOGGLE_RETURN_TYPES = ['boolean', 'number', 'string', 'json'] as const;
export type ToggleReturnType = (typeof TOGGLE_RETURN_TYPES)[number];

/** Kinds of conditions (contract, section 10). */
export const CONDITION_TYPES = ['string', 'number', 'datetime', 'semver', 'segment'] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

/** The predicate that stands for two conditions, `leftPredicate objects` and `rightPredicate rightObjects`. */
export const BETWEEN = 'between';

const ORDERED = ['=', '!=', '>', '>=', '<', '<=', BETWEEN] as const;

/** The predicates of each condition type (contract, section 4.2; `between` also for datetime and semver: evaluation, section 5). */
export const PREDICATES = {
  string: [
    'is one of',
    'is not any of',
    'starts with',
    'does not start with',
    'ends with',
    'does not end with',
    'contains',
    'does not contain',
    'matches regex',
    'does not match regex',
  ],
  number: ORDERED,
  semver: ORDERED,
  datetime: ['after', 'before', BETWEEN],
  segment: ['is in', 'is not in'],
} as const satisfies Record<ConditionType, readonly string[]>;
export type Predicate = (typeof PREDICATES)[ConditionType][number];

const COMPARISONS = ['>', '>=', '<', '<='] as const;

/**
 * What either side of a `between` may be. Both sides are ANDed, so which one is the lower bound is the author's choice.
 * SDKs know only `after` (at or later) and `before` for datetime: publishing has to turn `>=` into `after` and `<` into `before`, and
 * `>` and `<=` into the same of the next second.
 */
export const BETWEEN_SIDES = {
  number: COMPARISONS,
  semver: COMPARISONS,
  datetime: ['after', 'before', ...COMPARISONS],
} as const satisfies Partial<Record<ConditionType, readonly string[]>>;
export type SidePredicate = (typeof BETWEEN_SIDES)[keyof typeof BETWEEN_SIDES][number];

/** One test of a user. `objects` are alternatives; for negated predicates none of them may hold. */
export interface Condition extends Open {
  type: ConditionType;
  /** The user's attribute; means nothing for type `segment`. */
  subject?: string | null;
  predicate: Predicate;
  /** Segment keys for type `segment`, else texts in the format of the type. */
  objects: string[];
  /** The three below count only for `between`. */
  leftPredicate?: SidePredicate | null;
  rightPredicate?: SidePredicate | null;
  rightObjects?: string[] | null;
}

/** Which variation is served: one, or a share of users each. Neither of them: not set yet (only a disabled toggle's default). */
export interface Serve extends Open {
  /** Position of a variation, from 0. */
  select?: number | null;
  /** A weight per variation, out of `SPLIT_TOTAL`. */
  split?: number[] | null;
}

/** What the weights of a split add up to: they count hundredths of a percent. */
export const SPLIT_TOTAL = 10_000;

/** A rule of a segment: holds when all its conditions do. */
export interface SegmentRule extends Open {
  name?: string | null;
  conditions: Condition[];
}

/** A rule of a toggle: when it holds, it decides what is served. */
export interface TargetingRule extends SegmentRule {
  serve: Serve;
}

/** A value that a toggle may yield, as text that converts to the toggle's return type. */
export interface Variation extends Open {
  value: string;
  name?: string | null;
  description?: string | null;
}

/** Another toggle of the same environment, and the value that it must have for the user. */
export interface Prerequisite extends Open {
  key: string;
  value: string;
  type: ToggleReturnType;
}

/** Everything that decides what a toggle serves in one environment. */
export interface TargetingContent extends Open {
  /** Absent and null mean none. The first rule that holds decides. */
  rules?: TargetingRule[] | null;
  disabledServe: Serve;
  /** May be `{}` while the toggle is disabled, as it is after creation. */
  defaultServe: Serve;
  variations: Variation[];
  /** Absent and null mean none. */
  prerequisites?: Prerequisite[] | null;
}

/** True when a serve chooses nothing, as the `{}` of a toggle never published; null counts as absent. */
export function isServeUnset(serve: { readonly select?: unknown; readonly split?: unknown }): boolean {
  return isAbsent(serve.select) && isAbsent(serve.split);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
