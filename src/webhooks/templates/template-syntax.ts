import Mustache from 'mustache';
import { isTemplateFilter, type TemplateFilter } from './template-filters.js';
import { TemplateError } from './template-error.js';

/** Characters of a template, at the most. */
export const MAX_TEMPLATE_LENGTH = 65_536;

const MAX_NAME_LENGTH = 200;
const MAX_SECTION_DEPTH = 16;

/** The parser looks for tags by patterns whose time grows with the square of the blanks that stand together. */
const TOO_MANY_BLANKS = /\s{201}/;

/** What a tag names: `.` or an empty path is the value at hand. */
export interface TemplateName {
  readonly filter?: TemplateFilter;
  readonly path: readonly string[];
}

/** A piece of a template. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: TemplateName; readonly isRaw: boolean; readonly at: number }
  | {
      readonly kind: 'section';
      readonly name: TemplateName;
      readonly isInverted: boolean;
      readonly children: readonly TemplateNode[];
      readonly at: number;
    };

/** What Mustache's parser gives: kind, text or name, where it begins and ends, and for sections what is in them. */
type Span = readonly [kind: string, value: string, start: number, end: number, children?: readonly Span[]];

const NAME = /^(\.|[\w-]+(\.[\w-]+)*)$/;

/**
 * Reads a Mustache template. Partials are refused: there is nothing to include. Takes time in proportion to the length.
 * @throws TemplateError that says which line is wrong and why
 */
export function parseTemplate(template: string): TemplateNode[] {
  if (template.length > MAX_TEMPLATE_LENGTH) {
    throw new TemplateError({
      en: `must have at most ${MAX_TEMPLATE_LENGTH} characters`,
      zh: `最多 ${MAX_TEMPLATE_LENGTH} 个字符`,
    });
  }
  const blanks = TOO_MANY_BLANKS.exec(template);
  if (blanks) {
    throw problemAt(template, blanks.index, {
      en: 'has more than 200 blanks in a row',
      zh: '连续空白超过 200 个',
    });
  }
  return spansOf(template).flatMap((span) => toNode(template, span, 1));
}

/** An error about the line on which this offset is. */
export function problemAt(template: string, at: number, problem: { en: string; zh: string }): TemplateError {
  const line = template.slice(0, at).split('\n').length;
  return new TemplateError({ en: `line ${line}: ${problem.en}`, zh: `第 ${line} 行：${problem.zh}` });
}

/** A parser of its own each time: the shared one would keep every template for ever. */
function spansOf(template: string): readonly Span[] {
  try {
    return new Mustache.Writer().parse(template) as Span[];
  } catch (error) {
    throw toTemplateError(template, error instanceof Error ? error.message : String(error));
  }
}

/** The parser's messages end with an offset; for a tag that never ends it is the template's end. */
function toTemplateError(template: string, message: string): TemplateError {
  const [, text = message, offset] = /^(.*) at (\d+)$/s.exec(message) ?? [];
  const end = offset === undefined ? 0 : Number(offset);
  const at = text === 'Unclosed tag' ? Math.max(template.lastIndexOf('{{', end), 0) : end;
  const en = text.slice(0, 300);
  return problemAt(template, at, { en, zh: inChinese(en) });
}

function inChinese(message: string): string {
  const [, what = '', name = ''] =
    /^(Unclosed tag|Unclosed section|Unopened section|Invalid tags)(.*)$/s.exec(message) ?? [];
  const texts: Readonly<Record<string, string>> = {
    'Unclosed tag': '标签未闭合',
    'Unclosed section': '区块未闭合：',
    'Unopened section': '区块未打开：',
    'Invalid tags': '分隔符不合法',
  };
  return `${texts[what] ?? message}${name}`;
}

function toNode(template: string, span: Span, depth: number): TemplateNode[] {
  const [kind, value, at, , children = []] = span;
  switch (kind) {
    case 'text':
      return [{ kind: 'text', text: value }];
    case 'name':
    case '&':
      return [{ kind: 'value', name: toName(template, value, at), isRaw: kind === '&', at }];
    case '#':
    case '^':
      if (depth > MAX_SECTION_DEPTH) {
        throw problemAt(template, at, {
          en: `sections nest deeper than ${MAX_SECTION_DEPTH} levels`,
          zh: `区块嵌套超过 ${MAX_SECTION_DEPTH} 层`,
        });
      }
      return [
        {
          kind: 'section',
          name: toName(template, value, at),
          isInverted: kind === '^',
          children: children.flatMap((child) => toNode(template, child, depth + 1)),
          at,
        },
      ];
    case '>':
      throw problemAt(template, at, { en: 'partials are not supported', zh: '不支持引用其他模板' });
    default:
      // Comments and changes of the delimiters.
      return [];
  }
}

function toName(template: string, text: string, at: number): TemplateName {
  if (!NAME.test(text) || text.length > MAX_NAME_LENGTH) {
    const shown = JSON.stringify(text.slice(0, 40));
    throw problemAt(template, at, {
      en: `${shown} is no name: names are letters, digits, "_" and "-", joined by dots`,
      zh: `${shown} 不是合法名称：名称由字母、数字、“_”和“-”组成，以点连接`,
    });
  }
  const path = text === '.' ? [] : text.split('.');
  const [first = ''] = path;
  return isTemplateFilter(first) ? { filter: first, path: path.slice(1) } : { path };
}
