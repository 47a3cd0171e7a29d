export {
  type PublishedCondition,
  publishedRule,
  type PublishedRule,
  segmentIdOf,
} from './published-conditions.js';
export { Undeliverable } from './undeliverable.js';
