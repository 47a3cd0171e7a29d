export { type Evaluation, expectType, notInitialized, type ValueType } from './evaluation.js';
export {
  type ClientEvaluation,
  type EvaluationContext,
  Evaluator,
  MAX_PREREQUISITE_DEPTH,
} from './evaluator.js';
export {
  type PublishedCondition,
  publishedRule,
  type PublishedRule,
  segmentIdOf,
} from './published-conditions.js';
export { REASONS } from './reasons.js';
export type {
  Condition,
  Prerequisite,
  Repository,
  Rule,
  Segment,
  SegmentRule,
  Serve,
  Split,
  Toggle,
  Value,
} from './repository.js';
export { compileSegment, isUserInSegment, type SegmentTest } from './segments.js';
export { BUCKETS, bucketOf } from './serves.js';
export { Undeliverable } from './undeliverable.js';
export type { User } from './user.js';
