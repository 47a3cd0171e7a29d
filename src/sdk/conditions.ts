import {
  BETWEEN,
  type Condition,
  type Predicate,
  type SegmentRule,
  type SidePredicate,
} from '../targeting-rules/index.js';
import type { SdkCondition, SdkSegmentRule } from './repository-document.js';
import { Undeliverable } from './undeliverable.js';

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

/** What a rule asks for, as SDKs read it; its name stays behind. @throws Undeliverable. */
export function sdkRule({ conditions }: SegmentRule, projectKey: string): SdkSegmentRule {
  return { conditions: conditions.flatMap((condition) => sdkConditions(condition, projectKey)) };
}

/** One stored condition, which is one or, for `between`, two of those that SDKs know. @throws Undeliverable. */
export function sdkConditions(condition: Condition, projectKey: string): SdkCondition[] {
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

function translate({ type, subject, predicate, objects }: Simple, projectKey: string): SdkCondition {
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
): Pick<SdkCondition, 'predicate' | 'objects'> {
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
