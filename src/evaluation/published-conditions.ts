import {
  BETWEEN,
  type Condition,
  type ConditionType,
  type Predicate,
  type SegmentRule,
  type SidePredicate,
} from '../targeting-rules/index.js';
import type { Condition as PublishedForm } from './repository.js';
import { Undeliverable } from './undeliverable.js';

/**
 * A condition of accepted content in the form that is evaluated (evaluation, section 8): never `between`, instants as
 * unix seconds.
 */
export interface PublishedCondition extends PublishedForm {
  readonly type: ConditionType;
  readonly subject?: string;
  readonly predicate: Predicate;
}

/** A segment's rule in the form that is evaluated. */
export interface PublishedRule {
  readonly conditions: readonly PublishedCondition[];
}

/** A condition on its way: never `between`, its objects still as stored. */
type Simple = Pick<Condition, 'type' | 'subject' | 'objects'> & { predicate: Predicate | SidePredicate };

/** A comparison of datetimes in the two that SDKs know, and how many seconds its objects move for that. */
const DATETIME_PREDICATES: Readonly<Record<string, { predicate: Predicate; shift: number }>> = {
  after: { predicate: 'after', shift: 0 },
  '>=': { predicate: 'after', shift: 0 },
  '>': { predicate: 'after', shift: 1 },
  before: { predicate: 'before', shift: 0 },
  '<': { predicate: 'before', shift: 0 },
  '<=': { predicate: 'before', shift: 1 },
};

/** How SDKs know a segment. */
export function segmentIdOf(projectKey: string, segmentKey: string): string {
  return `${projectKey}$${segmentKey}`;
}

/** What a stored rule asks for, as it is evaluated; its name stays behind. @throws Undeliverable. */
export function publishedRule({ conditions }: SegmentRule, projectKey: string): PublishedRule {
  return { conditions: conditions.flatMap((condition) => publishedConditions(condition, projectKey)) };
}

/** One stored condition, which is one or, for `between`, two of those that are evaluated. @throws Undeliverable. */
function publishedConditions(condition: Condition, projectKey: string): PublishedCondition[] {
  return sidesOf(condition).map((side) => translate(side, projectKey));
}

function sidesOf({ type, subject, predicate, objects, ...between }: Condition): Simple[] {
  if (predicate !== BETWEEN) return [{ type, subject, predicate, objects }];
  const { leftPredicate, rightPredicate, rightObjects } = between;
  if (!leftPredicate || !rightPredicate || !rightObjects) throw new Undeliverable('a between lacks a side');
  return [
    { type, subject, predicate: leftPredicate, objects },
    { type, subject, predicate: rightPredicate, objects: rightObjects },
  ];
}

function translate({ type, subject, predicate, objects }: Simple, projectKey: string): PublishedCondition {
  if (typeof type !== 'string' || typeof predicate !== 'string' || !isTexts(objects))
    throw new Undeliverable('a condition lacks type, predicate or objects');
  const named = typeof subject === 'string' ? { subject } : {};
  switch (type) {
    case 'segment':
      return { type, predicate, objects: objects.map((key) => segmentIdOf(projectKey, key)) };
    case 'datetime':
      return { type, ...named, ...datetimes(predicate, objects) };
    case 'string':
    case 'number':
    case 'semver':
      return { type, ...named, predicate, objects };
    default:
      throw new Undeliverable(`there are no conditions of type ${JSON.stringify(type)}`);
  }
}

function datetimes(
  predicate: string,
  objects: readonly string[],
): Pick<PublishedCondition, 'predicate' | 'objects'> {
  const known = Object.hasOwn(DATETIME_PREDICATES, predicate) ? DATETIME_PREDICATES[predicate] : undefined;
  if (!known) throw new Undeliverable(`datetimes have no predicate ${JSON.stringify(predicate)}`);
  return {
    predicate: known.predicate,
    objects: objects.map((text) => String(unixSeconds(text) + known.shift)),
  };
}

function unixSeconds(text: string): number {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new Undeliverable(`${JSON.stringify(text)} is no datetime`);
  return Math.floor(milliseconds / 1000);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
