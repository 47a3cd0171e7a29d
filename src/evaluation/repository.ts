/**
 * What is evaluated: the rules of one environment as they are published to SDKs (evaluation, section 1). Documents of other
 * servers, and older ones, lack what is optional here, or have null for it.
 */
export interface Repository {
  /** By key. */
  readonly toggles: Readonly<Record<string, Toggle>>;
  /** By `uniqueId`. */
  readonly segments: Readonly<Record<string, Segment>>;
  /** Until when SDKs report each evaluation, epoch milliseconds. */
  readonly debugUntilTime?: number | null;
}

/** A value of JSON that a variation may have. */
export type Value = boolean | number | string | object;

/** A toggle. Absent flags are false, absent lists empty, an absent version is 1. */
export interface Toggle {
  readonly key: string;
  readonly enabled?: boolean | null;
  readonly version?: number | null;
  readonly forClient?: boolean | null;
  readonly trackAccessEvents?: boolean | null;
  /** Epoch milliseconds. */
  readonly lastModified?: number | null;
  readonly disabledServe: Serve;
  readonly defaultServe: Serve;
  readonly rules?: readonly Rule[] | null;
  readonly variations: readonly Value[];
  readonly prerequisites?: readonly Prerequisite[] | null;
}

/** Another toggle of the environment, and the value it must have for the user. */
export interface Prerequisite {
  readonly key: string;
  readonly value: Value;
}

/** Which variation is served; `select` wins where both are there. */
export interface Serve {
  /** Position of a variation, from 0. */
  readonly select?: number | null;
  readonly split?: Split | null;
}

/** A percentage roll-out. */
export interface Split {
  /** For each variation the ranges `[from, to)` of buckets that get it; buckets go from 0 to 9999. */
  readonly distribution: readonly (readonly (readonly [number, number])[])[];
  /** The attribute that is hashed; the user's key where it is absent or blank. */
  readonly bucketBy?: string | null;
  /** What is hashed with it, so that toggles divide users differently; the toggle's key where it is absent or empty. */
  readonly salt?: string | null;
}

/** What is asked of a user: all conditions have to hold. Those of a segment have no more than this. */
export interface SegmentRule {
  readonly conditions: readonly Condition[];
}

/** A rule of a toggle: where it holds, it decides what is served. */
export interface Rule extends SegmentRule {
  readonly serve: Serve;
}

/** A group of users: those for whom any of its rules holds. */
export interface Segment {
  readonly uniqueId: string;
  readonly rules: readonly SegmentRule[];
}

/** One test of a user. What is of no known type, or has no known predicate, holds for nobody. */
export interface Condition {
  readonly type: string;
  /** The attribute; means nothing for type `segment`. */
  readonly subject?: string | null;
  readonly predicate: string;
  /** Alternatives; for negated predicates none of them may hold. */
  readonly objects: readonly string[];
}
