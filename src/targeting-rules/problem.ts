/** What can be wrong with a place in the content; the texts are in `PROBLEM_TEXTS`. */
export type ProblemKey =
  | 'required'
  | 'not_object'
  | 'not_list'
  | 'not_text'
  | 'blank'
  | 'empty_list'
  | 'too_many'
  | 'not_one_of'
  | 'unknown_predicate'
  | 'segment_in_segment'
  | 'number_format'
  | 'datetime_format'
  | 'version_format'
  | 'regex_format'
  | 'serve_choice'
  | 'default_serve_unset'
  | 'select_not_index'
  | 'split_length'
  | 'split_weight'
  | 'split_total'
  | 'value_not_boolean'
  | 'value_not_number'
  | 'value_not_json_object'
  | 'duplicate_prerequisite'
  | 'own_prerequisite'
  | 'content_over_limit'
  | 'nested_too_deep';

/** One thing that is wrong with the content, and where. */
export interface Problem {
  /** Path from what was submitted, positions from 0: `content.rules[0].conditions[1].objects[2]`. */
  field: string;
  key: ProblemKey;
  /** What the text needs; `rule` is the quoted name of the rule the field is in, if it has one. */
  params?: Record<string, string | number>;
}

/** A text in both languages of the product. */
export interface ProblemText {
  en: string;
  zh: string;
}

/** Problems beyond this many are left out: who mends twenty finds the rest with the next try. */
export const MAX_PROBLEMS = 20;

/**
 * Messages that read on after the field's name; `{name}` is filled from the problem's parameters. "Invalid number", "Invalid
 * datetime", "Invalid version" and the sentence on the length are FeatureProbe's own (contract, section 1.9).
 */
export const PROBLEM_TEXTS: Record<ProblemKey, ProblemText> = {
  required: { en: 'is required', zh: '不能缺少' },
  not_object: { en: 'must be an object', zh: '必须是对象' },
  not_list: { en: 'must be a list', zh: '必须是列表' },
  not_text: { en: 'must be a string', zh: '必须是字符串' },
  blank: { en: 'must not be blank', zh: '不能为空' },
  empty_list: { en: 'must have at least one entry', zh: '至少要有一项' },
  too_many: { en: 'must have at most {max} entries', zh: '最多只能有 {max} 项' },
  not_one_of: { en: 'must be one of {allowed}', zh: '必须是以下之一：{allowed}' },
  unknown_predicate: {
    en: 'must be one of {allowed} for type {type}',
    zh: '类型为 {type} 时必须是以下之一：{allowed}',
  },
  segment_in_segment: {
    en: 'must not be segment: the rules of a segment may not refer to segments',
    zh: '不能是 segment：人群规则不能引用其他人群',
  },
  number_format: {
    en: 'is not accepted: Invalid number {value}; write a decimal number such as 18 or -0.5',
    zh: '的数字格式错误：{value}；请填写十进制数字，例如 18 或 -0.5',
  },
  datetime_format: {
    en: 'is not accepted: Invalid datetime {value}; write it like 2026-01-31T18:30:00+08:00',
    zh: '的时间格式错误：{value}；请按 2026-01-31T18:30:00+08:00 的形式填写',
  },
  version_format: {
    en: 'is not accepted: Invalid version {value}; write it like 1.2.3 or 1.2.3-beta.1 (semver.org)',
    zh: '的版本格式错误：{value}；请按 1.2.3 或 1.2.3-beta.1 的形式填写（semver.org）',
  },
  regex_format: { en: 'is not a valid regular expression: {value}', zh: '不是合法的正则表达式：{value}' },
  serve_choice: {
    en: 'must have exactly one of select and split',
    zh: '必须且只能包含 select 和 split 之一',
  },
  default_serve_unset: {
    en: 'must be set (select or split) when the toggle is enabled',
    zh: '在开关启用时必须设置（select 或 split）',
  },
  select_not_index: {
    en: 'must be the position of a variation, a whole number from 0 to {max}',
    zh: '必须是分组的序号，即 0 到 {max} 的整数',
  },
  split_length: {
    en: 'must have one weight for each of the {expected} variations, not {actual}',
    zh: '必须为 {expected} 个分组各提供一个权重，而不是 {actual} 个',
  },
  split_weight: { en: 'must be a whole number from 0 to {total}', zh: '必须是 0 到 {total} 的整数' },
  split_total: { en: 'must add up to {total}, not {actual}', zh: '的总和必须是 {total}，而不是 {actual}' },
  value_not_boolean: {
    en: 'must be "true" or "false" for type boolean, not {value}',
    zh: '类型为 boolean 时必须是 "true" 或 "false"，而不是 {value}',
  },
  value_not_number: {
    en: 'must be a decimal number for type number, not {value}',
    zh: '类型为 number 时必须是十进制数字，而不是 {value}',
  },
  value_not_json_object: {
    en: 'must be the text of a JSON object for type json, not {value}',
    zh: '类型为 json 时必须是 JSON 对象的文本，而不是 {value}',
  },
  duplicate_prerequisite: { en: 'names the toggle {value} a second time', zh: '重复引用了开关 {value}' },
  own_prerequisite: { en: 'must not be the toggle itself', zh: '不能是开关自身' },
  content_over_limit: {
    en: 'is too long: Rule content length exceeded (<1M).',
    zh: '过长：规则大小超限（<1M）',
  },
  nested_too_deep: { en: 'must not be nested more than {max} levels deep', zh: '的嵌套不能超过 {max} 层' },
};

/** The message of a problem in both languages, to be put after the field; it names the rule if that has a name. */
export function problemText(problem: Problem): ProblemText {
  const text = PROBLEM_TEXTS[problem.key];
  const params = problem.params ?? {};
  const rule = params.rule;
  return {
    en: (rule === undefined ? '' : `(rule ${rule}) `) + fill(text.en, params),
    zh: (rule === undefined ? '' : `（规则 ${rule}）`) + fill(text.zh, params),
  };
}

function fill(template: string, params: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
