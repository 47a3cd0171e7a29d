import type { PublishedCondition, PublishedRule } from '../evaluation/index.js';

/**
 * The rules of an environment as SDKs evaluate them (contract, section 5.3). The Rust server parses strictly: one member missing
 * in one toggle, and it takes nothing of the whole document.
 */
export interface RepositoryDocument {
  readonly version: number;
  /** Until when SDKs report each evaluation, epoch milliseconds; absent: they don't. */
  readonly debugUntilTime?: number;
  /** By `uniqueId`. */
  readonly segments: Readonly<Record<string, SdkSegment>>;
  /** By key. */
  readonly toggles: Readonly<Record<string, SdkToggle>>;
  /** By name: what SDKs in browsers look out for. */
  readonly events: Readonly<Record<string, SdkEvent>>;
}

/** A serve chooses in one of two ways, never both. */
export type SdkServe = { readonly select: number } | { readonly split: SdkSplit };

/** For each variation the ranges `[from, to)` of buckets that get it; buckets go from 0 to 9999. */
export interface SdkSplit {
  readonly distribution: readonly (readonly (readonly [number, number])[])[];
}

/** One test of a user. */
export type SdkCondition = PublishedCondition;

/** A segment's rule: holds when all its conditions do. */
export type SdkSegmentRule = PublishedRule;

/** A toggle's rule. */
export interface SdkRule extends SdkSegmentRule {
  readonly serve: SdkServe;
}

/** A segment; `uniqueId` is `<projectKey>$<segmentKey>`. */
export interface SdkSegment {
  readonly uniqueId: string;
  readonly version: number;
  readonly rules: readonly SdkSegmentRule[];
}

/** What a variation yields: of the toggle's return type. */
export type SdkValue = boolean | number | string | object;

/** Another toggle, and what it must yield. */
export interface SdkPrerequisite {
  readonly key: string;
  readonly value: SdkValue;
}

/** A toggle. */
export interface SdkToggle {
  readonly key: string;
  readonly enabled: boolean;
  readonly trackAccessEvents: boolean;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  readonly version: number;
  readonly forClient: boolean;
  readonly disabledServe: SdkServe;
  readonly defaultServe: SdkServe;
  readonly rules: readonly SdkRule[];
  readonly variations: readonly SdkValue[];
  readonly prerequisites: readonly SdkPrerequisite[];
}

/** A page view or a click. */
export interface SdkEvent {
  readonly type: string;
  readonly name: string;
  readonly matcher?: string;
  readonly url?: string;
  readonly selector?: string;
}
