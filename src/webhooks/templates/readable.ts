import { toWireJson, type Change } from '../../events/index.js';

const MAX_PATH_LENGTH = 60;
const MAX_VALUE_LENGTH = 40;

/** Line breaks and other controls, and the marks that turn the direction of text around. */
const NOT_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** The holders of targeting content: whoever reads `rules[0]` knows where rules are. */
const CONTENT_HOLDERS = new Set(['content', 'approvalData']);

/** Text on one line, cut to so many UTF-16 units, never within a character. */
export function oneLine(text: string, maxLength: number): string {
  // What is cut off anyway need not be searched.
  const line = text.slice(0, maxLength * 4).replace(NOT_IN_A_LINE, ' ');
  if (line.length <= maxLength) return line;
  return `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** An RFC 6901 path in the words of a person: `/content/rules/0/serve/select` is `rules[0].serve`. */
export function readablePath(pointer: string): string {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replace(/~1/g, '/').replace(/~0/g, '~'));
  while (names.length > 1 && CONTENT_HOLDERS.has(names[0] ?? '')) names.shift();
  if (names.length > 1 && names.at(-1) === 'select') names.pop();
  const text = names.map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`)).join('');
  return oneLine(text.replace(/^\./, ''), MAX_PATH_LENGTH);
}

/** A value of a change, short enough for a line: `none` where there is none. */
export function readableValue(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === '') return '""';
  return oneLine(typeof value === 'string' ? value : toWireJson(value), MAX_VALUE_LENGTH);
}

/** `disabled true → false`; of a secret, whose values no event has, that it changed. */
export function readableChange({ path, from, to }: Change): string {
  const name = readablePath(path);
  if (from === undefined && to === undefined) return `${name} changed`;
  return `${name} ${readableValue(from)} → ${readableValue(to)}`;
}
