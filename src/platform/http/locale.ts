import type { Locale } from '../errors/index.js';

/** The language of messages: Chinese when `Accept-Language` prefers it, else English. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const first = acceptLanguage?.split(',')[0]?.trim().toLowerCase() ?? '';
  return first.startsWith('zh') ? 'zh' : 'en';
}
