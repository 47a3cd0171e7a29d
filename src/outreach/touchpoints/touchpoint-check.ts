import { invalidField, type LocalizedText } from '../../platform/errors/index.js';
import { checkTemplateValues } from '../requests/template-values.js';
import { codesByHand } from './options/option.js';
import type { TemplateParam, UserAttribute } from './touchpoint-config.js';
import {
  MAX_CHANNEL_NAME,
  MAX_OF_CHANNEL,
  MAX_OPTION_VALUES,
  MAX_TOUCHPOINT_NAME,
} from './touchpoint-defaults.js';
import type { TouchpointDraft } from './touchpoint-draft.js';

/** Longest default of an attribute, in characters: it may go out for each of 500 users. */
const MAX_DEFAULT = 4096;

/** What an endpoint may read as the name of a field in most languages, and a template as a placeholder. */
const PARAMETER_NAME = /^[\p{L}_$][\p{L}\p{N}_.$-]*$/u;

const BOTH = {
  en: 'must be either values or a url',
  zh: '必须是 values 或 url 之一',
};

/**
 * The rules that concern several fields at once; those of single fields the DTO has checked.
 * @throws DomainError `field_invalid` for the first that is broken
 */
export function checkDraft(draft: TouchpointDraft): void {
  const { kind, config } = draft;
  const most = kind === 'CHANNEL' ? MAX_CHANNEL_NAME : MAX_TOUCHPOINT_NAME;
  // Code points, as everywhere: an emoji is one character.
  if (Array.from(draft.name).length > most) {
    throw invalidField('name', {
      en: `must have at most ${most} characters`,
      zh: `最多 ${most} 个字符`,
    });
  }
  checkCount('userAttributes', draft, config.userAttributes);
  checkCount('templateParams', draft, config.templateParams);
  config.userAttributes.forEach((attribute, index) => checkAttribute(`userAttributes[${index}]`, attribute));
  refuseRepeated(config.userAttributes, (index) => `userAttributes[${index}].name`);
  config.templateParams.forEach((param, index) => checkParam(`templateParams[${index}]`, param, draft));
  refuseRepeated(config.templateParams, (index) => `templateParams[${index}].name`);
}

function checkCount(field: string, { kind }: TouchpointDraft, entries: readonly unknown[]): void {
  if (kind === 'TOUCHPOINT' && entries.length === 0)
    throw invalidField(field, { en: 'must have at least 1 entry', zh: '至少 1 项' });
  if (kind === 'CHANNEL' && entries.length > MAX_OF_CHANNEL) {
    throw invalidField(field, {
      en: `must have at most ${MAX_OF_CHANNEL} entries`,
      zh: `最多 ${MAX_OF_CHANNEL} 项`,
    });
  }
}

function checkAttribute(field: string, { attribute, name, defaultValue }: UserAttribute): void {
  refuseReserved(`${field}.attribute`, attribute);
  refuseReserved(`${field}.name`, name);
  if (defaultValue === undefined || (isPlainValue(defaultValue) && isShort(defaultValue))) return;
  throw invalidField(`${field}.defaultValue`, {
    en: `must be text of at most ${MAX_DEFAULT} characters, a number, true or false`,
    zh: `必须是最多 ${MAX_DEFAULT} 个字符的文本、数字、true 或 false`,
  });
}

function checkParam(field: string, param: TemplateParam, draft: TouchpointDraft): void {
  if (!PARAMETER_NAME.test(param.name)) {
    throw invalidField(`${field}.name`, {
      en: 'must begin with a letter, "_" or "$", and hold nothing but letters, digits, "_", "-", "." and "$"',
      zh: '必须以字母、“_”或“$”开头，且只能包含字母、数字、“_”、“-”、“.”和“$”',
    });
  }
  refuseReserved(`${field}.name`, param.name);
  if (param.type === 'INTEGER' && draft.kind === 'TOUCHPOINT') {
    const types = 'TEXT, NUMBER, DATE, ENUM';
    throw invalidField(`${field}.type`, { en: `must be one of ${types}`, zh: `必须是 ${types} 之一` });
  }
  refuseShared(`${field}.name`, param, draft);
  checkOptions(`${field}.options`, param);
  checkDefault(`${field}.defaultValue`, param);
}

/** In a channel's request a text that is filled in for each user stands among the user's attributes. */
function refuseShared(field: string, { type, name }: TemplateParam, { kind, config }: TouchpointDraft): void {
  if (kind !== 'CHANNEL' || type !== 'TEXT') return;
  if (!config.userAttributes.some((attribute) => attribute.name === name)) return;
  throw invalidField(field, {
    en: 'must differ from the names of the user attributes, beside which it is sent',
    zh: '不能与用户属性同名，二者会一起发送',
  });
}

function checkOptions(field: string, { type, options }: TemplateParam): void {
  if (type !== 'ENUM') {
    if (options) throw invalidField(field, { en: 'are of ENUM alone', zh: '仅适用于 ENUM' });
    return;
  }
  if (!options) throw invalidField(field, { en: 'are required of an ENUM', zh: '是 ENUM 的必填项' });
  const values = 'values' in options ? options.values : undefined;
  if ((values === undefined) === !('url' in options)) throw invalidField(field, BOTH);
  if (values) checkValues(`${field}.values`, values);
}

function checkValues(field: string, values: readonly { readonly code: string }[]): void {
  if (values.length === 0) throw invalidField(field, { en: 'must have at least 1 entry', zh: '至少 1 项' });
  if (values.length > MAX_OPTION_VALUES) {
    throw invalidField(field, {
      en: `must have at most ${MAX_OPTION_VALUES} entries: take more from an API by url`,
      zh: `最多 ${MAX_OPTION_VALUES} 项：更多请通过 url 从接口获取`,
    });
  }
  refuseRepeated(
    values.map(({ code }) => ({ name: code })),
    (index) => `${field}[${index}].code`,
  );
}

/** By the rules for what a campaign fills in, so that a default can always be sent. */
function checkDefault(field: string, { defaultValue, ...param }: TemplateParam): void {
  if (defaultValue === undefined) return;
  if (!isPlainValue(defaultValue) && !isListOfTexts(defaultValue)) throw invalidField(field, notOf(param));
  const [wrong] = checkTemplateValues(
    [param],
    { [param.name]: defaultValue },
    { field, codesOf: codesByHand },
  );
  if (wrong) throw invalidField(field, wrong.problem);
}

function notOf({ type }: TemplateParam): LocalizedText {
  return { en: `must be a value of ${type}`, zh: `必须是 ${type} 类型的值` };
}

function refuseRepeated(
  entries: readonly { readonly name: string }[],
  field: (index: number) => string,
): void {
  const seen = new Set<string>();
  for (const [index, { name }] of entries.entries()) {
    if (seen.has(name))
      throw invalidField(field(index), { en: `must be unique: ${name} is there twice`, zh: `重复：${name}` });
    seen.add(name);
  }
}

/** Names that every object has something under already: in most languages' maps they lead astray. */
function refuseReserved(field: string, name: string): void {
  if (name in Object.prototype)
    throw invalidField(field, { en: `must not be ${name}`, zh: `不能是 ${name}` });
}

function isPlainValue(value: unknown): value is string | number | boolean {
  return typeof value === 'number' ? Number.isFinite(value) : ['string', 'boolean'].includes(typeof value);
}

function isShort(value: string | number | boolean): boolean {
  return typeof value !== 'string' || Array.from(value).length <= MAX_DEFAULT;
}

/** How many there may be, and of what length, is judged with the rest. */
function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
