import type { LocalizedText } from '../../platform/errors/index.js';
import type { ParameterType, TemplateParam, TemplateValue } from '../touchpoints/touchpoint-config.js';
import { readText, type TextParts } from './template-text.js';

/** Characters of one value, of all codes together where there are several: it may go out once for each of 500 users. */
export const MAX_VALUE_LENGTH = 10_000;

/** A value as it is sent, the parts of a text beside it; or why it can't be, to be read on after the field's name. */
export type ValueReading =
  | { readonly value: string | number | readonly string[]; readonly parts?: TextParts }
  | { readonly problem: LocalizedText };

type Reader = (value: unknown, param: TemplateParam, codes: ReadonlySet<string> | undefined) => ValueReading;

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-](\d\d):?(\d\d))?)?$/;

/** Offsets that are in use on Earth. */
const MAX_OFFSET_HOURS = 14;

const problem = (en: string, zh: string): { problem: LocalizedText } => ({ problem: { en, zh } });

const NO_TEXT = problem('must be text', '必须是文本');
const NO_NUMBER = problem('must be a number', '必须是数字');
const NO_INTEGER = problem('must be a whole number', '必须是整数');
const NO_DATE = problem(
  'must be a date or a date and time that exist, such as 2026-03-01 or 2026-03-01T09:30:00+08:00',
  '必须是真实存在的日期或日期时间，例如 2026-03-01 或 2026-03-01T09:30:00+08:00',
);
const NO_CODE = problem('must be one code, as text', '必须是一个枚举编码（文本）');
const NO_CODES = problem('must be a list of codes, as text', '必须是枚举编码（文本）的列表');
const NO_CODE_IN_LIST = problem(
  'must not be an empty list: leave it out instead',
  '不能是空列表：不选时请省略',
);
const EMPTY_CODE = problem('must not hold an empty code', '不能包含空的枚举编码');
const CODE_TWICE = problem('must hold each code once', '枚举编码不能重复');
const TOO_LONG = problem(
  `must be at most ${MAX_VALUE_LENGTH} characters long`,
  `不能超过 ${MAX_VALUE_LENGTH} 个字符`,
);
const NO_PLACEHOLDERS = problem(
  'must not hold placeholders: only parameters of type TEXT may',
  '不能包含占位符：只有文本（TEXT）类型的参数可以',
);

const READERS: Readonly<Record<ParameterType, Reader>> = {
  TEXT: (value) => {
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
    if (typeof text !== 'string') return NO_TEXT;
    const reading = readText(text);
    return 'problem' in reading ? reading : { value: text, parts: reading.parts };
  },
  NUMBER: (value) => {
    const number = numberOf(value);
    return number === undefined ? NO_NUMBER : { value: number };
  },
  INTEGER: (value) => {
    const number = numberOf(value);
    return Number.isSafeInteger(number) ? { value: number as number } : NO_INTEGER;
  },
  DATE: (value) => (typeof value === 'string' && isDate(value) ? { value } : NO_DATE),
  ENUM: (value, { options }, codes) => (options?.multiple ? readCodes(value, codes) : readCode(value, codes)),
};

/**
 * Reads a value by its parameter's type:
 *
 * - `TEXT`: a text, which may hold placeholders (see `readText`), or a number, which becomes a text
 * - `NUMBER`: a finite number, or a text that is one in decimals; sent as a number
 * - `INTEGER`: the same, a whole number up to ±(2^53 − 1)
 * - `DATE`: `2026-03-01`, or with a time after `T` or a blank, with or without seconds, fractions and an offset; it must exist; sent as given
 * - `ENUM`: a code; with `multiple` a list of different codes
 *
 * Texts are at most 10,000 characters long, and only a `TEXT` may hold `{{`.
 */
export function readValue(
  param: TemplateParam,
  value: unknown,
  codes: ReadonlySet<string> | undefined,
): ValueReading {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  let length = 0;
  for (const text of texts) {
    if (typeof text !== 'string') continue;
    length += text.length;
    if (param.type !== 'TEXT' && text.includes('{{')) return NO_PLACEHOLDERS;
  }
  if (length > MAX_VALUE_LENGTH) return TOO_LONG;
  return READERS[param.type](value, param, codes);
}

/** Whether there is a value at all: an empty text is none. */
export function isGiven(value: TemplateValue | null | undefined): value is TemplateValue {
  return value !== undefined && value !== null && value !== '';
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string') return NUMBER.test(value.trim()) ? finite(Number(value)) : undefined;
  return typeof value === 'number' ? finite(value) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0, minutes = 0] = match
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return hour < 24 && minute < 60 && second < 60 && offset <= MAX_OFFSET_HOURS && minutes < 60;
}

/** The calendar repeats every 400 years; `Date.UTC` takes the years below 100 for others. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function readCode(value: unknown, codes: ReadonlySet<string> | undefined): ValueReading {
  if (typeof value !== 'string') return NO_CODE;
  return codes && !codes.has(value) ? unknownCode(value) : { value };
}

function readCodes(value: unknown, codes: ReadonlySet<string> | undefined): ValueReading {
  if (!isTexts(value)) return NO_CODES;
  if (value.length === 0) return NO_CODE_IN_LIST;
  if (value.includes('')) return EMPTY_CODE;
  if (new Set(value).size < value.length) return CODE_TWICE;
  const unknown = codes && value.find((code) => !codes.has(code));
  return unknown === undefined ? { value } : unknownCode(unknown);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function unknownCode(code: string): ValueReading {
  const shown = JSON.stringify(code.length > 40 ? `${code.slice(0, 40)}…` : code);
  return problem(`must be one of the options: ${shown} is none`, `必须是可选值之一：${shown} 不在其中`);
}
