/** RFC 9110, section 5.6.2. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `[\\t ]*;[\\t ]*${TOKEN}=(?:${TOKEN}|"[\\t\\x20!\\x23-\\x5b\\x5d-\\x7e]*")`;
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})(?:${PARAMETER})*$`);
const CHARSET = /;[\t ]*charset="?([^";\t ]*)/i;

/** Whether it is a media type that a body of ours can have: on one line, and in UTF-8 where it says anything of that. */
export function isUtf8MediaType(text: string): boolean {
  const charset = CHARSET.exec(text)?.[1];
  return MEDIA_TYPE.test(text) && (charset === undefined || charset.toLowerCase() === 'utf-8');
}

/** The way a value has to be written so that it can't break out of its place in a body. */
export type Syntax = 'JSON' | 'XML' | 'FORM' | 'PLAIN';

export function syntaxOf(mediaType: string): Syntax {
  const type = MEDIA_TYPE.exec(mediaType)?.[1]?.toLowerCase() ?? '';
  if (/^(application|text)\/json$|\+json$/.test(type)) return 'JSON';
  if (/^(application|text)\/xml$|\+xml$|^text\/html$/.test(type)) return 'XML';
  return type === 'application/x-www-form-urlencoded' ? 'FORM' : 'PLAIN';
}
