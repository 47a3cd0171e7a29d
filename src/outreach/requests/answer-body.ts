/** Bytes of a touchpoint's answer that are read: room for a result of each of 500 users, with two thousand bytes for its reason. */
export const ANSWER_LIMIT = 1024 * 1024;

/** A reason that is kept for a user, in characters: what its column holds. */
const MAX_REASON = 255;

/** What an answer says of its request as a whole. */
export type AnswerBody =
  /** Nothing can be told from it. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** It says that the request failed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It is about this request and says that all is well. `list`: whatever stands in `sendStatusList`. */
  | { readonly kind: 'success'; readonly list: unknown };

const unreadable = (reason: string): AnswerBody => ({ kind: 'unreadable', reason });

/**
 * Reads the body of an answer with a status of 200 to 299. Nothing is taken for a success but a JSON object whose `code` is the number 0
 * and whose `orderNo` is that of the request; with another code the rest does not matter.
 */
export function readAnswerBody(body: Buffer | undefined, orderNo: string): AnswerBody {
  const answer = parsed(body);
  if ('problem' in answer) return unreadable(answer.problem);
  const { code, message, orderNo: answered, sendStatusList } = answer.members;
  if (!Number.isInteger(code)) return unreadable('the answer has no "code" that is an integer');
  if (code !== 0) {
    const words = shortReason(message);
    return { kind: 'refused', reason: shortReason(`code ${String(code)}${words && `: ${words}`}`) };
  }
  if (answered === undefined || answered === null) return unreadable('the answer has no "orderNo"');
  if (answered !== orderNo) return unreadable('the "orderNo" of the answer is that of another request');
  return { kind: 'success', list: sendStatusList };
}

/**
 * Words of an endpoint as they are kept and counted: on one line, without blanks around them, 255 characters at most. Empty for what is
 * neither text nor a number.
 */
export function shortReason(words: unknown): string {
  if (typeof words !== 'string' && typeof words !== 'number') return '';
  const line = String(words)
    .slice(0, 10 * MAX_REASON)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line.length <= MAX_REASON) return line;
  // A pair of surrogates is not cut in two.
  return `${line.slice(0, MAX_REASON - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function parsed(
  body: Buffer | undefined,
): { readonly members: Readonly<Record<string, unknown>> } | { readonly problem: string } {
  // Some frameworks begin with a byte order mark.
  const text = body?.toString('utf8').replace(/^\ufeff/, '') ?? '';
  if (text.trim() === '') return { problem: 'the answer has no body' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const isCut = body !== undefined && body.length >= ANSWER_LIMIT;
    return { problem: isCut ? 'the answer is longer than 1 MiB' : 'the answer is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'the answer is no JSON object' };
  return { members: value as Record<string, unknown> };
}
