import { getMetadataStorage, type ValidationError } from 'class-validator';
import type { LocalizedText } from '../errors/index.js';

type Describe = (args: readonly unknown[]) => LocalizedText;

const list = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

/** What a value must be, by the name class-validator gives the rule; each reads on after the field's name. */
const TEXTS: Record<string, Describe> = {
  isString: () => ({ en: 'must be text', zh: '必须是文本' }),
  isNotEmpty: () => ({ en: 'is required', zh: '不能为空' }),
  isDefined: () => ({ en: 'is required', zh: '不能为空' }),
  isUuid: () => ({ en: 'must be a UUID', zh: '必须是 UUID' }),
  isBoolean: () => ({ en: 'must be true or false', zh: '必须是 true 或 false' }),
  isInt: () => ({ en: 'must be a whole number', zh: '必须是整数' }),
  isNumber: () => ({ en: 'must be a number', zh: '必须是数字' }),
  isArray: () => ({ en: 'must be a list', zh: '必须是列表' }),
  isObject: () => ({ en: 'must be an object', zh: '必须是对象' }),
  nestedValidation: () => ({ en: 'must be an object', zh: '必须是对象' }),
  arrayNotEmpty: () => ({ en: 'must not be empty', zh: '不能为空' }),
  arrayUnique: () => ({ en: 'must not hold the same value twice', zh: '不能有重复的值' }),
  isIn: ([values]) => ({ en: `must be one of ${list(values)}`, zh: `必须是 ${list(values)} 之一` }),
  min: ([limit]) => ({ en: `must be at least ${String(limit)}`, zh: `不能小于 ${String(limit)}` }),
  max: ([limit]) => ({ en: `must be at most ${String(limit)}`, zh: `不能大于 ${String(limit)}` }),
  arrayMaxSize: ([limit]) => ({
    en: `must have at most ${String(limit)} entries`,
    zh: `最多 ${String(limit)} 项`,
  }),
  arrayMinSize: ([limit]) => ({
    en: `must have at least ${String(limit)} entries`,
    zh: `至少 ${String(limit)} 项`,
  }),
  maxLength: ([limit]) => ({
    en: `must have at most ${String(limit)} characters`,
    zh: `最多 ${String(limit)} 个字符`,
  }),
  minLength: ([limit]) => ({
    en: `must have at least ${String(limit)} characters`,
    zh: `至少 ${String(limit)} 个字符`,
  }),
  isResourceKey: () => ({
    en: 'must be 1 to 128 letters, digits, ".", "_" or "-", and not a reserved word',
    zh: '必须是 1 到 128 个字母、数字、“.”、“_”或“-”，且不能是保留字',
  }),
  isInstant: () => ({
    en: 'must be an instant in ISO 8601 or epoch milliseconds',
    zh: '必须是 ISO 8601 时间或毫秒时间戳',
  }),
  isFreeForMembers: () => ({
    en: 'must not be "system" or begin with "api:"',
    zh: '不能是“system”，也不能以“api:”开头',
  }),
  isNotIn: ([values]) => ({ en: `must not be ${list(values)}`, zh: `不能是 ${list(values)}` }),
  isPlainText: () => ({ en: 'must not contain control characters', zh: '不能包含控制字符' }),
  noNulCharacter: () => ({ en: 'must not contain the NUL character', zh: '不能包含 NUL 字符' }),
};

/** Says in words, in each language, which rule a value broke. Rules without a text of ours keep the library's. */
export function describeConstraint(name: string, libraryText: string, error: ValidationError): LocalizedText {
  const describe = TEXTS[name];
  if (describe) return describe(argumentsOf(name, error));
  const text = libraryText.startsWith(`${error.property} `)
    ? libraryText.slice(error.property.length + 1)
    : libraryText;
  return { en: text, zh: text };
}

/** The numbers and lists that a rule was given in its decorator. */
function argumentsOf(name: string, error: ValidationError): readonly unknown[] {
  const target = error.target?.constructor;
  if (!target) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false);
  const rule = rules.find(
    (candidate) => candidate.propertyName === error.property && candidate.name === name,
  );
  return rule?.constraints ?? [];
}
