/** What headers are often made of, and what is known of a try anyway. Undefined members stand for nothing. */
export interface TryFacts {
  readonly deliveryId: string;
  /** Number of the try. */
  readonly number: number;
  /** When it was made, epoch milliseconds. */
  readonly startedAt: number;
  readonly eventId: string;
  readonly eventName: string;
  readonly contentType: string;
  readonly traceparent: string | null;
}

/** Begins what stands for something else. No header has it: HTTP allows no control characters. */
const MARK = '\u0001';
const BREAK = '\n';

/** What no header that was sent or received has; of a request that could not be made it may be. */
// oxlint-disable-next-line no-control-regex
const UNFIT = /[\u0001\u0002\n]/;

/** Names and values that are common. Kept rows refer to the places in this list: it may grow at its end, and nothing in it may change. */
const COMMON: readonly string[] = [
  'Content-Type',
  'User-Agent',
  'X-FeatureProbe-Sign',
  'X-FeatureProbe-Event',
  'X-FeatureProbe-Delivery',
  'X-FeatureProbe-Attempt',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'traceparent',
  'FeatureProbe-Webhook/1.0',
  'content-type',
  'content-length',
  'connection',
  'keep-alive',
  'date',
  'server',
  'transfer-encoding',
  'chunked',
  'timeout=5',
  'text/plain',
  'application/json',
  'application/json; charset=utf-8',
  'close',
  'vary',
  'x-powered-by',
];

/** So that a place is one character, and none that means something here. */
const FIRST_PLACE = 0x30;

const TOKENS = new Map(COMMON.map((text, place) => [text, MARK + String.fromCharCode(FIRST_PLACE + place)]));

/** Those of a try's facts that headers repeat. Kept rows refer to the letters. */
const FACTS: Readonly<Record<string, (facts: TryFacts) => string | null>> = {
  d: ({ deliveryId }) => deliveryId,
  n: ({ number }) => String(number),
  s: ({ startedAt }) => String(Math.floor(startedAt / 1000)),
  e: ({ eventId }) => eventId,
  v: ({ eventName }) => eventName,
  c: ({ contentType }) => contentType,
  t: ({ traceparent }) => traceparent,
};

const FACT_MARK = '\u0002';

/**
 * Headers as they are kept with a try, a quarter of their size: they are most of what is written for it. What the row of the delivery
 * says anyway is left out, and common names and values are one character each.
 */
export function packHeaders(headers: Readonly<Record<string, string>>, facts?: TryFacts): string {
  const known = facts && factTokens(facts);
  let packed = '';
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    if (UNFIT.test(name) || UNFIT.test(value)) return JSON.stringify(headers);
    packed += (TOKENS.get(name) ?? name) + BREAK + (known?.get(value) ?? TOKENS.get(value) ?? value) + BREAK;
  }
  return packed;
}

/** The headers again. */
export function unpackHeaders(packed: string, facts?: TryFacts): Record<string, string> {
  // Of rows that are older than this form, or don't fit it.
  if (packed.startsWith('{')) return JSON.parse(packed) as Record<string, string>;
  const parts = packed.split(BREAK);
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < parts.length; index += 2)
    headers.push([meaningOf(parts[index] ?? '', facts), meaningOf(parts[index + 1] ?? '', facts)]);
  // fromEntries defines properties: a header named __proto__ stays a header.
  return Object.fromEntries(headers);
}

function factTokens(facts: TryFacts): Map<string, string> {
  const tokens = new Map<string, string>();
  for (const [letter, read] of Object.entries(FACTS)) {
    const text = read(facts);
    if (text !== null) tokens.set(text, FACT_MARK + letter);
  }
  return tokens;
}

function meaningOf(part: string, facts: TryFacts | undefined): string {
  if (part.startsWith(MARK)) return COMMON[part.charCodeAt(1) - FIRST_PLACE] ?? '';
  if (part.startsWith(FACT_MARK)) return (facts && FACTS[part.slice(1)]?.(facts)) ?? '';
  return part;
}
