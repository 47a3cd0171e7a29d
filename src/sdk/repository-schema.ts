import { CONDITION_TYPES } from '../targeting-rules/index.js';

const TEXT = { type: 'string' } as const;
const NUMBER = { type: 'integer' } as const;
const FLAG = { type: 'boolean' } as const;

type Schema = Record<string, unknown>;

/** An object all of whose members are there, but for the optional ones. */
const object = (required: Schema, optional: Schema = {}): Schema => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const byKey = (values: Schema, description: string): Schema => ({
  type: 'object',
  additionalProperties: values,
  description,
});

const VALUE = {
  oneOf: [
    FLAG,
    { type: 'number', format: 'double' },
    TEXT,
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
  ],
  nullable: true,
  description: "Of the toggle's return type.",
};

const SERVE = {
  ...object(
    {},
    {
      select: { ...NUMBER, description: 'Position of a variation.' },
      split: object({
        distribution: {
          ...listOf(listOf(listOf(NUMBER))),
          description: 'For each variation the ranges [from, to) of buckets that get it, out of 10000.',
        },
      }),
    },
  ),
  description: 'Chooses in one of the two ways.',
};

const CONDITIONS = listOf(
  object(
    {
      type: { ...TEXT, enum: CONDITION_TYPES },
      predicate: { ...TEXT, example: 'is one of' },
      objects: { ...listOf(TEXT), example: ['Paris'] },
    },
    { subject: { ...TEXT, example: 'city' } },
  ),
);

const SEGMENT = object({
  uniqueId: { ...TEXT, example: 'shop$vip' },
  version: NUMBER,
  rules: listOf(object({ conditions: CONDITIONS })),
});

const TOGGLE = object({
  key: { ...TEXT, example: 'new_checkout' },
  enabled: FLAG,
  trackAccessEvents: FLAG,
  lastModified: { ...NUMBER, description: 'Epoch milliseconds.' },
  version: NUMBER,
  forClient: { ...FLAG, description: 'SDKs in browsers and apps get it too.' },
  disabledServe: SERVE,
  defaultServe: SERVE,
  rules: listOf(object({ conditions: CONDITIONS, serve: SERVE })),
  variations: listOf(VALUE),
  prerequisites: listOf(object({ key: { ...TEXT, example: 'other_toggle' }, value: VALUE })),
});

const EVENT = object(
  { type: TEXT, name: { ...TEXT, example: 'checkout' } },
  { matcher: TEXT, url: TEXT, selector: TEXT },
);

/** The shape of repository-document.ts in the OpenAPI document's terms. */
export const REPOSITORY_SCHEMA = object(
  {
    version: NUMBER,
    segments: byKey(SEGMENT, 'By `uniqueId`.'),
    toggles: byKey(TOGGLE, 'By key.'),
    events: byKey(EVENT, 'By name: what SDKs in browsers look out for.'),
  },
  {
    debugUntilTime: {
      ...NUMBER,
      description: 'Until when SDKs report each evaluation, epoch milliseconds; absent: they don’t.',
    },
  },
);
