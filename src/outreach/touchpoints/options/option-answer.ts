import type { LocalizedText } from '../../../platform/errors/index.js';
import { isPlainObject } from '../../../platform/http/index.js';
import type { Option } from './option.js';

/** Values of all levels at the most: the documents ask for 50, which an API may exceed for a while. */
export const MAX_OPTIONS = 1_000;

/** Kept of a message that the API answers with, in characters. */
const MAX_MESSAGE = 300;

export type OptionReading = { readonly options: readonly Option[] } | { readonly problem: LocalizedText };

type Reading<T> = { readonly value: T } | { readonly problem: LocalizedText };

/** Reads what an API of values answered: by the contract's rules, and with the place where it breaks them. */
export function readOptions(statusCode: number, text: string): OptionReading {
  if (statusCode < 200 || statusCode > 299) return { problem: wordsForStatus(statusCode) };
  const answer = parse(text);
  if (answer === undefined) return problem('the answer of the API is not JSON', '接口的响应不是 JSON');
  if (!isPlainObject(answer)) return problem('the answer of the API is no object', '接口的响应不是对象');
  const { code, enumArgs } = answer;
  if (typeof code !== 'number')
    return problem('code in the answer of the API is not a number', '接口响应中的 code 不是数字');
  if (code !== 0) return { problem: wordsForCode(code, answer['message']) };
  const reading = readList(enumArgs, 'enumArgs', readCategory);
  if ('problem' in reading) return reading;
  const count = reading.value.reduce((sum, { children }) => sum + 1 + (children?.length ?? 0), 0);
  if (count > MAX_OPTIONS) {
    return problem(
      `enumArgs in the answer of the API has ${count} values, where ${MAX_OPTIONS} are the most`,
      `接口响应中的 enumArgs 有 ${count} 个值，最多 ${MAX_OPTIONS} 个`,
    );
  }
  return { options: reading.value };
}

function readCategory(entry: unknown, at: string): Reading<Option> {
  const reading = readEntry(entry, at);
  if ('problem' in reading) return reading;
  const children = (entry as Record<string, unknown>)['childEnumArgs'] ?? [];
  const inner = readList(children, `${at}.childEnumArgs`, readChild);
  if ('problem' in inner) return inner;
  return inner.value.length === 0 ? reading : { value: { ...reading.value, children: inner.value } };
}

function readChild(entry: unknown, at: string): Reading<Option> {
  const grandchildren = isPlainObject(entry) ? entry['childEnumArgs'] : undefined;
  if (Array.isArray(grandchildren) && grandchildren.length > 0)
    return wrong(`${at}.childEnumArgs`, 'is a third level', '是第三级');
  return readEntry(entry, at);
}

function readEntry(entry: unknown, at: string): Reading<Option> {
  if (!isPlainObject(entry)) return wrong(at, 'is no object', '不是对象');
  const { code, description } = entry;
  if (typeof code !== 'string') return wrong(`${at}.code`, 'is not text', '不是文本');
  if (code === '') return wrong(`${at}.code`, 'is empty', '为空');
  if (typeof description !== 'string') return wrong(`${at}.description`, 'is not text', '不是文本');
  return { value: { code, description } };
}

function readList<T>(
  list: unknown,
  at: string,
  read: (entry: unknown, at: string) => Reading<T>,
): Reading<T[]> {
  if (!Array.isArray(list)) return wrong(at, 'is not a list', '不是列表');
  const values: T[] = [];
  for (const [index, entry] of list.entries()) {
    const reading = read(entry, `${at}[${index}]`);
    if ('problem' in reading) return reading;
    values.push(reading.value);
  }
  return { value: values };
}

function wordsForStatus(statusCode: number): LocalizedText {
  const redirect = statusCode >= 300 && statusCode < 400;
  return {
    en: `the API answered ${statusCode}${redirect ? ', and redirects are not followed' : ''}`,
    zh: `接口返回 ${statusCode}${redirect ? '，且不跟随重定向' : ''}`,
  };
}

function wordsForCode(code: number, message: unknown): LocalizedText {
  const said = typeof message === 'string' && message !== '' ? message : undefined;
  const shown = said && (said.length > MAX_MESSAGE ? `${said.slice(0, MAX_MESSAGE)}…` : said);
  return {
    en: `the API answered with code ${code}${shown === undefined ? '' : `: ${shown}`}`,
    zh: `接口返回 code ${code}${shown === undefined ? '' : `：${shown}`}`,
  };
}

function wrong(at: string, en: string, zh: string): { readonly problem: LocalizedText } {
  return problem(`${at} in the answer of the API ${en}`, `接口响应中的 ${at} ${zh}`);
}

function problem(en: string, zh: string): { readonly problem: LocalizedText } {
  return { problem: { en, zh } };
}

function parse(text: string): unknown {
  try {
    // A byte order mark at the beginning is no JSON, and common.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}
