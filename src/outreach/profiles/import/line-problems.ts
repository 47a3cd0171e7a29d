import type { LocalizedText } from '../../../platform/errors/index.js';

/** Bytes of a line, and of a CSV record: twice over what a profile can take, with everything in it escaped. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Why a line can't be read at all. */
export const LINE_PROBLEMS = {
  length: { en: `is longer than ${MAX_LINE_BYTES} bytes`, zh: `超过 ${MAX_LINE_BYTES} 字节` },
  encoding: { en: 'is not valid UTF-8', zh: '不是合法的 UTF-8' },
  json: { en: 'is not valid JSON', zh: '不是合法的 JSON' },
  noObject: { en: 'must be a JSON object', zh: '必须是 JSON 对象' },
  strayQuote: {
    en: 'has a quote where none may stand: a cell with quotes stands in quotes, and has its own doubled',
    zh: '的引号位置不正确：含引号的单元格须用引号括起，其中的引号须写两次',
  },
  openQuote: {
    en: 'opens a quote that nothing closes, so the rest of the file is part of it',
    zh: '的引号没有闭合，因此文件其余部分都属于该行',
  },
} as const satisfies Record<string, LocalizedText>;
