export {
  BETWEEN,
  BETWEEN_SIDES,
  CONDITION_TYPES,
  type Condition,
  type ConditionType,
  isServeUnset,
  PREDICATES,
  type Predicate,
  type Prerequisite,
  type SegmentRule,
  type Serve,
  type SidePredicate,
  SPLIT_TOTAL,
  type TargetingContent,
  type TargetingRule,
  TOGGLE_RETURN_TYPES,
  type ToggleReturnType,
  type Variation,
} from './targeting-content.js';
export { CONTENT_SCHEMAS, contentSchema } from './content-schemas.js';
export {
  MAX_PROBLEMS,
  type Problem,
  PROBLEM_TEXTS,
  type ProblemKey,
  type ProblemText,
  problemText,
} from './problem.js';
export { prerequisiteKeysIn, segmentKeysIn, subjectsIn } from './references.js';
export { type TargetingContext, validateTargeting } from './validate-targeting.js';
export { validateSegmentRules } from './validate-segment-rules.js';
export { MAX_CONTENT_BYTES, MAX_CONTENT_DEPTH } from './check-size.js';
export { MAX_VARIATIONS } from './check-variations.js';
export { isSemver, parseDecimal } from './formats.js';
