import { invalidField } from '../../platform/errors/index.js';
import { SECRET_MASK } from '../webhook-defaults.js';
import type { HeaderValues } from '../webhook-secrets.js';

const MAX_HEADERS = 20;
const MAX_NAME_LENGTH = 128;
const MAX_VALUE_LENGTH = 4096;

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What an HTTP/1.1 header can carry unchanged: visible Latin-1, blanks and tabs. CR and LF would begin a header of their own. */
const LATIN_1_TEXT = /^[\t\x20-\x7e\xa0-\xff]*$/;

/** Headers that Flagpost itself sends, in lower case: an extra one could forge a signature's neighbourhood. */
const OWN_HEADERS = [
  'content-type',
  'user-agent',
  'x-featureprobe-sign',
  'x-featureprobe-event',
  'x-featureprobe-delivery',
  'x-featureprobe-attempt',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'traceparent',
];

/** Headers that belong to the connection, not to the message; the HTTP client sets them or can't send them at all. */
const CONNECTION_HEADERS = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
];

const REFUSED_NAMES: ReadonlySet<string> = new Set([...OWN_HEADERS, ...CONNECTION_HEADERS]);

/**
 * The extra headers a webhook is to have: those given, with `***` standing for the value stored under that name.
 * @throws DomainError `field_invalid` naming the header, never its value
 */
export function mergeExtraHeaders(
  given: Readonly<Record<string, unknown>>,
  stored: HeaderValues,
): HeaderValues {
  const entries = Object.entries(given);
  if (entries.length > MAX_HEADERS) {
    throw invalidField('headers', {
      en: `must have at most ${MAX_HEADERS} entries`,
      zh: `最多 ${MAX_HEADERS} 项`,
    });
  }
  const known = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
  const seen = new Set<string>();
  return Object.fromEntries(
    entries.map(([name, value]) => {
      checkName(name, seen);
      return [name, value === SECRET_MASK ? storedValue(name, known) : checkedValue(name, value)];
    }),
  );
}

function checkName(name: string, seen: Set<string>): void {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name) || name.length > MAX_NAME_LENGTH) {
    throw invalidField('headers', {
      en: `must have names that HTTP allows; ${JSON.stringify(name.slice(0, MAX_NAME_LENGTH))} is none`,
      zh: `的名称 ${JSON.stringify(name.slice(0, MAX_NAME_LENGTH))} 不符合 HTTP 规范`,
    });
  }
  if (REFUSED_NAMES.has(lower)) {
    throw invalidField(`headers.${name}`, {
      en: 'is set by Flagpost and cannot be an extra header',
      zh: '由 Flagpost 设置，不能作为额外请求头',
    });
  }
  if (seen.has(lower)) throw invalidField(`headers.${name}`, { en: 'is there twice', zh: '重复出现' });
  seen.add(lower);
}

function storedValue(name: string, known: ReadonlyMap<string, string>): string {
  const value = known.get(name.toLowerCase());
  if (value !== undefined) return value;
  throw invalidField(`headers.${name}`, {
    en: `needs a value: ${SECRET_MASK} stands for a stored one, and there is none`,
    zh: `需要一个值：${SECRET_MASK} 代表已保存的值，但尚未保存过`,
  });
}

function checkedValue(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw invalidField(`headers.${name}`, { en: 'must be text', zh: '必须是文本' });
  }
  if (value.length > MAX_VALUE_LENGTH) {
    throw invalidField(`headers.${name}`, {
      en: `must have at most ${MAX_VALUE_LENGTH} characters`,
      zh: `最多 ${MAX_VALUE_LENGTH} 个字符`,
    });
  }
  if (!LATIN_1_TEXT.test(value)) {
    throw invalidField(`headers.${name}`, {
      en: 'must be Latin-1 text on one line, without control characters',
      zh: '必须是单行 Latin-1 文本，且不含控制字符',
    });
  }
  return value;
}
