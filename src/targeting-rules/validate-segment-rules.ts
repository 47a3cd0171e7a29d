import { checkRules } from './check-rules.js';
import { checkSize } from './check-size.js';
import { Place } from './place.js';
import type { Problem } from './problem.js';

/**
 * Checks the rules of a segment; fields are paths from `rules`. No problems: they are a `SegmentRule[]`, or null or absent, which
 * means none. Never throws, whatever JSON it gets; finds at most `MAX_PROBLEMS`.
 */
export function validateSegmentRules(rules: unknown): Problem[] {
  const found: Problem[] = [];
  const place = Place.root('rules', found);
  if (checkSize(rules ?? null, place)) checkRules(rules, 'segment', place);
  return found;
}
