import type { Condition, SegmentRule, TargetingContent } from './targeting-content.js';

/** The keys of the segments that the rules refer to, each once, in the order they first occur. */
export function segmentKeysIn(rules: readonly SegmentRule[] | null | undefined): string[] {
  return distinct(
    conditionsIn(rules)
      .filter(({ type }) => type === 'segment')
      .flatMap(({ objects }) => objects),
  );
}

/** The user attributes that the rules look at, each once, in the order they first occur; those inside segments not included. */
export function subjectsIn(rules: readonly SegmentRule[] | null | undefined): string[] {
  return distinct(
    conditionsIn(rules)
      .filter(({ type }) => type !== 'segment')
      .flatMap(({ subject }) => subject ?? []),
  );
}

/** The keys of the toggles that the content depends on, each once, in the order they first occur. */
export function prerequisiteKeysIn(content: Pick<TargetingContent, 'prerequisites'>): string[] {
  return distinct((content.prerequisites ?? []).map(({ key }) => key));
}

function conditionsIn(rules: readonly SegmentRule[] | null | undefined): Condition[] {
  return (rules ?? []).flatMap(({ conditions }) => conditions);
}

function distinct(keys: string[]): string[] {
  return [...new Set(keys)];
}
