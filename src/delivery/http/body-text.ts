import { StringDecoder } from 'node:string_decoder';
import type { ExchangeFigures } from './exchange.js';
import { MAX_BODY_KEPT } from './exchange-run.js';

/**
 * An answer's body as text, at most so many bytes of it. Where it was cut, here or when it was read, no piece of a character is left
 * at its end.
 */
export function textOf(
  body: Buffer,
  { receivedBytes }: ExchangeFigures,
  limit: number = MAX_BODY_KEPT,
): string {
  const kept = body.length > limit ? body.subarray(0, limit) : body;
  if (kept.length >= (receivedBytes ?? 0)) return kept.toString('utf8');
  return new StringDecoder('utf8').write(kept);
}
