import type { LocalizedText } from '../../platform/errors/index.js';

/** Where a user's attribute goes in a text. */
export interface Placeholder {
  /** A profile's attribute, or `gid` or `userId`. */
  readonly attribute: string;
  /** What stands there for a user who has no value; empty unless the marketer gave one. */
  readonly fallback: string;
}

/** A text taken apart, in order: what stands still, and placeholders. */
export type TextParts = readonly (string | Placeholder)[];

/** In one text. Each may be filled with a long attribute, for each of 500 users. */
const MAX_PLACEHOLDERS = 100;

/** Shown of a placeholder that can't be read, in characters. */
const MAX_SHOWN = 40;

const UNCLOSED: LocalizedText = {
  en: 'has a "{{" without "}}" after it; "\\{{" stands for the characters themselves',
  zh: '含有未闭合的“{{”；如需原样输出请写作“\\{{”',
};

const TOO_MANY: LocalizedText = {
  en: `has more than ${MAX_PLACEHOLDERS} placeholders`,
  zh: `占位符不能超过 ${MAX_PLACEHOLDERS} 个`,
};

/** What reading a text came to: its parts, or why it can't be read, to be read on after the field's name. */
export type TextReading = { readonly parts: TextParts } | { readonly problem: LocalizedText };

/**
 * Takes a marketer's text apart.
 *
 * `{{name}}` stands for a user's attribute, `{{name|friend}}` gives the text for those who have none. Blanks around the name and around
 * the text after the bar don't count. Neither may hold braces. `\{{` stands for the two braces themselves; single braces, `}}` outside of
 * a placeholder and other backslashes are plain characters.
 */
export function readText(text: string): TextReading {
  const parts: (string | Placeholder)[] = [];
  let plain = '';
  let from = 0;
  let count = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    if (text[open - 1] === '\\') {
      plain += `${text.slice(from, open - 1)}{{`;
      from = open + 2;
      continue;
    }
    const close = text.indexOf('}}', open + 2);
    if (close < 0) return { problem: UNCLOSED };
    const placeholder = readPlaceholder(text.slice(open + 2, close));
    if (!placeholder) return { problem: unreadable(text.slice(open, close + 2)) };
    if ((count += 1) > MAX_PLACEHOLDERS) return { problem: TOO_MANY };
    plain += text.slice(from, open);
    if (plain !== '') parts.push(plain);
    parts.push(placeholder);
    plain = '';
    from = close + 2;
  }
  plain += text.slice(from);
  if (plain !== '') parts.push(plain);
  return { parts };
}

/** Whether nothing in it depends on the user. */
export function isPlain(parts: TextParts): parts is readonly string[] {
  return parts.every((part) => typeof part === 'string');
}

function readPlaceholder(inside: string): Placeholder | undefined {
  const bar = inside.indexOf('|');
  const attribute = (bar < 0 ? inside : inside.slice(0, bar)).trim();
  if (attribute === '' || /[{}]/.test(inside)) return undefined;
  return { attribute, fallback: bar < 0 ? '' : inside.slice(bar + 1).trim() };
}

function unreadable(placeholder: string): LocalizedText {
  const shown = placeholder.length > MAX_SHOWN ? `${placeholder.slice(0, MAX_SHOWN)}…` : placeholder;
  return {
    en: `has a placeholder that can't be read, ${shown}: it must be {{attribute}} or {{attribute|default}}`,
    zh: `含有无法识别的占位符 ${shown}：应为 {{属性}} 或 {{属性|默认值}}`,
  };
}
