import { invalidField, type LocalizedText } from '../../platform/errors/index.js';
import { isPlainObject } from '../../platform/http/index.js';
import type { TemplateValue } from '../touchpoints/touchpoint-config.js';
import type { DraftContent, DraftStep, DraftTrigger } from './campaign-content.js';

/** Most that a list may hold, so that a draft can't grow without end. */
const MAX_STEPS = 50;
const MAX_VALUES = 200;
const MAX_DAYS = 31;

/** The body's fields that are content, as they came. */
export type RawContent = { readonly [field in keyof DraftContent]?: unknown };

/** New content by field: what is absent stays as it is, null takes a field out. */
export type ContentChange = { -readonly [field in keyof DraftContent]?: DraftContent[field] | null };

const NOT_TEXT = { en: 'must be text', zh: '必须是文本' };
const NOT_NUMBER = { en: 'must be a number', zh: '必须是数字' };
const NOT_LIST = { en: 'must be a list', zh: '必须是列表' };
const NOT_OBJECT = { en: 'must be an object', zh: '必须是对象' };
const NOT_VALUE = {
  en: 'must be text, a number, true or false, or a list of texts',
  zh: '必须是文本、数字、true 或 false，或文本列表',
};

type Reader<T> = (field: string, value: unknown) => T;

const TRIGGER_READERS: { readonly [name in keyof DraftTrigger]-?: Reader<unknown> } = {
  type: text,
  at: text,
  startDate: text,
  endDate: text,
  every: text,
  on: (field, value) => list(field, value, MAX_DAYS).map((day, index) => number(`${field}[${index}]`, day)),
  timeOfDay: text,
  timeZone: text,
  event: text,
  occurrence: number,
  startTime: text,
  endTime: text,
  // "Re-entry: yes or no" is how the question is often put.
  reentry: (field, value) =>
    typeof value === 'boolean' ? (value ? 'EACH_TIME' : 'ONCE') : text(field, value),
};

const CONTENT_READERS: { readonly [name in keyof DraftContent]-?: Reader<DraftContent[name]> } = {
  segmentKey: text,
  steps: (field, value) =>
    list(field, value, MAX_STEPS).map((step, index) => readStep(`${field}[${index}]`, step)),
  mode: text,
  templateValues: readValues,
  trigger: (field, value) => readFields(field, value, TRIGGER_READERS) as DraftTrigger,
};

/**
 * Reads content of which nothing is demanded but that its values are of the right JSON types. Fields that it doesn't know are dropped.
 * @throws DomainError `field_invalid`, naming the first field that is not of its type
 */
export function readContent(raw: RawContent): ContentChange {
  const change: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(CONTENT_READERS)) {
    const value = raw[name as keyof RawContent];
    if (value !== undefined) change[name] = value === null ? null : read(name, value);
  }
  return change;
}

/** The content with the change made to it. */
export function changed(content: DraftContent, change: ContentChange): DraftContent {
  const all = Object.entries({ ...content, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(all) as DraftContent;
}

function readStep(field: string, value: unknown): DraftStep {
  return readFields(field, value, { touchpointId: number, priority: number });
}

/** The members that have a reader; null is as good as absent. */
function readFields(
  field: string,
  value: unknown,
  readers: Readonly<Record<string, Reader<unknown>>>,
): Record<string, unknown> {
  const members = object(field, value);
  const read: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(readers)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member !== undefined && member !== null) read[name] = reader(`${field}.${name}`, member);
  }
  return read;
}

function readValues(field: string, value: unknown): Readonly<Record<string, TemplateValue>> {
  const entries = Object.entries(object(field, value));
  refuseMore(field, entries.length, MAX_VALUES);
  for (const [name, one] of entries)
    if (!isTemplateValue(one)) throw invalidField(`${field}.${name}`, NOT_VALUE);
  return Object.fromEntries(entries) as Record<string, TemplateValue>;
}

function isTemplateValue(value: unknown): value is TemplateValue {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function text(field: string, value: unknown): string {
  return must(typeof value === 'string', field, NOT_TEXT, value as string);
}

function number(field: string, value: unknown): number {
  return must(Number.isFinite(value), field, NOT_NUMBER, value as number);
}

function list(field: string, value: unknown, most: number): unknown[] {
  const entries = must(Array.isArray(value), field, NOT_LIST, value as unknown[]);
  refuseMore(field, entries.length, most);
  return entries;
}

function object(field: string, value: unknown): Record<string, unknown> {
  return must(isPlainObject(value), field, NOT_OBJECT, value as Record<string, unknown>);
}

function refuseMore(field: string, count: number, most: number): void {
  if (count > most)
    throw invalidField(field, { en: `must have at most ${most} entries`, zh: `最多 ${most} 项` });
}

function must<T>(holds: boolean, field: string, problem: LocalizedText, value: T): T {
  if (!holds) throw invalidField(field, problem);
  return value;
}
