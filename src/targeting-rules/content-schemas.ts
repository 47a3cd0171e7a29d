import { MAX_VARIATIONS } from './check-variations.js';
import { BETWEEN_SIDES, CONDITION_TYPES, PREDICATES, TOGGLE_RETURN_TYPES } from './targeting-content.js';

/** Content is kept as it comes, so objects may have further members. */
const OPEN = { type: 'object', additionalProperties: true };

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const listOf = (name: string): object => ({ type: 'array', items: ref(name) });
const TEXTS = { type: 'array', items: { type: 'string' } };
const SIDE = { type: 'string', nullable: true, enum: [...new Set(Object.values(BETWEEN_SIDES).flat())] };

const CONDITION = {
  ...OPEN,
  description: 'One test of a user.',
  required: ['type', 'predicate', 'objects'],
  properties: {
    type: { type: 'string', enum: CONDITION_TYPES },
    subject: { type: 'string', nullable: true, description: 'A user attribute; not of type `segment`.' },
    predicate: {
      type: 'string',
      enum: [...new Set(Object.values(PREDICATES).flat())],
      description: 'Each type has its own.',
    },
    objects: {
      ...TEXTS,
      description: 'Alternatives. Keys of segments for type `segment`, else texts in the form of the type.',
    },
    leftPredicate: { ...SIDE, description: 'Only of `between`, which holds when both sides do.' },
    rightPredicate: { ...SIDE, description: 'Only of `between`.' },
    rightObjects: { ...TEXTS, nullable: true, description: 'Only of `between`.' },
  },
  example: { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] },
};

const SERVE = {
  ...OPEN,
  description:
    'Which variation is served: one, or a share of users each. Neither of them: not set yet, only while disabled.',
  properties: {
    select: { type: 'integer', nullable: true, description: 'Position of a variation, from 0.' },
    split: {
      type: 'array',
      nullable: true,
      items: { type: 'integer' },
      description: 'A weight per variation, 10000 together.',
    },
  },
  example: { select: 1 },
};

const RULE_MEMBERS = {
  name: { type: 'string', nullable: true, description: 'For people.' },
  conditions: { ...listOf('Condition'), description: 'The rule holds when all of them do.' },
};

const TARGETING_CONTENT = {
  ...OPEN,
  description: 'Everything that decides what a toggle serves in one environment.',
  required: ['disabledServe', 'defaultServe', 'variations'],
  properties: {
    rules: {
      ...listOf('TargetingRule'),
      nullable: true,
      description: 'The first one that holds decides.',
    },
    disabledServe: ref('Serve'),
    defaultServe: ref('Serve'),
    variations: { ...listOf('Variation'), maxItems: MAX_VARIATIONS },
    prerequisites: { ...listOf('Prerequisite'), nullable: true },
  },
  example: {
    rules: [{ name: 'fr', conditions: [CONDITION.example], serve: SERVE.example }],
    disabledServe: { select: 0 },
    defaultServe: { split: [5000, 5000] },
    variations: [
      { value: 'false', name: 'off', description: '' },
      { value: 'true', name: 'on', description: '' },
    ],
    prerequisites: [],
  },
};

/** The shapes of targeting-content.ts in the OpenAPI document's terms, by the names they have there. */
export const CONTENT_SCHEMAS = {
  Condition: CONDITION,
  Serve: SERVE,
  SegmentRule: {
    ...OPEN,
    description: 'Who belongs to a segment: users for whom all conditions hold.',
    required: ['conditions'],
    properties: RULE_MEMBERS,
    example: { name: 'paris', conditions: [CONDITION.example] },
  },
  TargetingRule: {
    ...OPEN,
    description: 'When it holds, it decides what is served.',
    required: ['conditions', 'serve'],
    properties: { ...RULE_MEMBERS, serve: ref('Serve') },
  },
  Variation: {
    ...OPEN,
    description: 'A value that a toggle may yield.',
    required: ['value'],
    properties: {
      value: { type: 'string', example: 'true', description: "As text that converts to the toggle's type." },
      name: { type: 'string', nullable: true, example: 'on' },
      description: { type: 'string', nullable: true, example: '' },
    },
  },
  Prerequisite: {
    ...OPEN,
    description: 'Another toggle of the environment, and the value that it must have for the user.',
    required: ['key', 'value', 'type'],
    properties: {
      key: { type: 'string', example: 'new_checkout' },
      value: { type: 'string', example: 'true' },
      type: { type: 'string', enum: TOGGLE_RETURN_TYPES, description: 'Return type of that toggle.' },
    },
  },
  TargetingContent: TARGETING_CONTENT,
  /** What a change may name of it. */
  TargetingContentChange: {
    ...TARGETING_CONTENT,
    description: 'New content. Members left out stay as they are.',
    required: [],
  },
};

/** Refers to one of them. */
export const contentSchema = (name: keyof typeof CONTENT_SCHEMAS): { $ref: string } => ref(name);
