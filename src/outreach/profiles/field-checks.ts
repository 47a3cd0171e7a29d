import type { FieldProblem, LocalizedText } from '../../platform/errors/index.js';
import { MAX_GID, MAX_NAME_LENGTH, MAX_USER_ID_LENGTH } from './profile-limits.js';

/** Characters that no line of text needs: controls, line and paragraph separators, and half of a surrogate pair, which is no character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Begins or ends with a blank. MySQL takes texts for equal that differ in blanks at the end. */
const BLANK_AT_AN_END = /^\s|\s$/;

/** Texts of plain ASCII, the usual ones, are let through by one look. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

const PRINTABLE: LocalizedText = {
  en: 'must not contain control characters',
  zh: '不能包含控制字符',
};

/** Says what is wrong with a field; a check that finds nothing wrong answers undefined. */
export function problem(field: string, en: string, zh: string): FieldProblem {
  return { field, problem: { en, zh } };
}

/** Whether a result is what is wrong, and not what was asked for. */
export function isProblem(result: object): result is FieldProblem {
  return 'problem' in result;
}

/** What is wrong with a text that names a user, an attribute or an event; undefined where nothing is. */
export function nameProblem(field: string, text: string, limit: number): FieldProblem | undefined {
  if (text === '') return problem(field, 'must not be empty', '不能为空');
  if (text.length <= limit && PLAIN.test(text)) return undefined;
  if (text.length > limit && Array.from(text).length > limit)
    return problem(field, `must have at most ${limit} characters`, `最多 ${limit} 个字符`);
  if (UNPRINTABLE.test(text)) return { field, problem: PRINTABLE };
  return BLANK_AT_AN_END.test(text)
    ? problem(field, 'must not begin or end with a blank', '不能以空白开头或结尾')
    : undefined;
}

/** A user's id from JSON, where numbers are taken as text; undefined for one that is not given. */
export function readUserId(value: unknown, field = 'userId'): string | FieldProblem | undefined {
  if (value === undefined || value === null) return undefined;
  const text =
    typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : value;
  if (typeof text !== 'string') return problem(field, 'must be text', '必须是文本');
  return nameProblem(field, text, MAX_USER_ID_LENGTH) ?? text;
}

/** A gid from JSON; undefined for one that is not given. */
export function readGid(value: unknown, field = 'gid'): number | FieldProblem | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  return problem(field, `must be a whole number from 1 to ${MAX_GID}`, `必须是 1 到 ${MAX_GID} 的整数`);
}

/** A gid written as text, as in a path or in CSV; undefined where the text is none. */
export function gidOf(text: string): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined;
  const gid = Number(text);
  return Number.isSafeInteger(gid) ? gid : undefined;
}

/** What is wrong with an event's name, but for who may use it. */
export function eventNameProblem(field: string, name: unknown): FieldProblem | undefined {
  if (name === undefined || name === null) return problem(field, 'is required', '不能为空');
  if (typeof name !== 'string') return problem(field, 'must be text', '必须是文本');
  return nameProblem(field, name, MAX_NAME_LENGTH);
}
