import type { Syntax } from './media-type.js';

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What XML 1.0 cannot carry, not even as an entity. */
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Half of a surrogate pair, which has no UTF-8. */
const LONE_SURROGATE = /\p{Cs}/gu;

const REPLACEMENT = '\ufffd';

/** How a value is written into a body of each syntax, so that its text stays text. */
export const VALUE_ESCAPES: Readonly<Record<Syntax, (text: string) => string>> = {
  /** What stands between the quotes of a JSON string. */
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  XML: (text) =>
    text.replace(NOT_IN_XML, REPLACEMENT).replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? ''),
  FORM: (text) => encodeURIComponent(text.replace(LONE_SURROGATE, REPLACEMENT)),
  PLAIN: (text) => text,
};
