import type { Exchange, FailureReason, OutgoingRequest } from '../exchange.js';

/**
 * How requests and their outcomes pass between threads: batches as flat lists of numbers and texts, headers as one text. Those are
 * copied at the speed of memory, where objects are taken apart and put together again member by member, which costs about as much
 * as sending a request.
 */
export type Wire = (string | number | undefined)[];

/** A request, and by which number its outcome is known. */
export interface NumberedRequest {
  readonly id: number;
  /** When it was handed over, by the clock that all threads share; milliseconds. */
  readonly at: number;
  readonly request: OutgoingRequest;
}

const REQUEST_LENGTH = 7;
const EXCHANGE_LENGTH = 10;

/** Between the names and values of headers. HTTP has no such character there: see `canPass`. */
const BREAK = '\n';

const NO_BODY = Buffer.alloc(0);

/** Milliseconds of a clock that all threads of this process share, and nobody sets. */
export function sharedMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Whether the headers can be told apart on the other side: one with a line break would smuggle in another. */
export function canPass({ headers }: OutgoingRequest): boolean {
  for (const name of Object.keys(headers))
    if (name.includes(BREAK) || headers[name]?.includes(BREAK)) return false;
  return true;
}

/** Adds a request to a batch. */
export function packRequest(wire: Wire, { id, at, request }: NumberedRequest): void {
  const { url, headers, body, timeoutMs, answerLimit } = request;
  wire.push(
    id,
    at,
    url,
    timeoutMs,
    typeof body === 'string' ? body : body.toString('utf8'),
    packHeaders(headers),
    answerLimit,
  );
}

export function* unpackRequests(wire: Wire): Generator<NumberedRequest> {
  for (let place = 0; place < wire.length; place += REQUEST_LENGTH) {
    const [id, at, url, timeoutMs, body, headers, answerLimit] = wire.slice(
      place,
      place + REQUEST_LENGTH,
    ) as [number, number, string, number, string, string, number?];
    yield { id, at, request: { url, timeoutMs, answerLimit, body, headers: unpackHeaders(headers) } };
  }
}

/** Adds an outcome to a batch. */
export function packExchange(wire: Wire, id: number, exchange: Exchange): void {
  const { durationMs, connectMs, waitMs, receivedBytes, statusCode, headers, body } = exchange;
  const failed = exchange.kind === 'failure';
  wire.push(id, failed ? exchange.reason : undefined, failed ? exchange.message : undefined, statusCode);
  wire.push(durationMs, connectMs, waitMs, receivedBytes);
  // As latin1, in which every byte is a character.
  wire.push(body?.toString('latin1'), headers && packHeaders(headers));
}

export function* unpackExchanges(wire: Wire): Generator<[id: number, exchange: Exchange]> {
  for (let place = 0; place < wire.length; place += EXCHANGE_LENGTH) {
    const piece = wire.slice(place, place + EXCHANGE_LENGTH);
    yield [piece[0] as number, unpackExchange(piece)];
  }
}

function unpackExchange(piece: Wire): Exchange {
  const [reason, message, statusCode] = piece.slice(1, 4) as [FailureReason?, string?, number?];
  const [durationMs, connectMs, waitMs, receivedBytes] = piece.slice(4, 8) as [
    number,
    number?,
    number?,
    number?,
  ];
  const [bytes, packed] = piece.slice(8) as [string?, string?];
  const body = bytes === undefined ? undefined : Buffer.from(bytes, 'latin1');
  const headers = packed === undefined ? undefined : unpackHeaders(packed);
  const figures = { durationMs, connectMs, waitMs, receivedBytes };
  if (reason !== undefined)
    return { kind: 'failure', reason, message: message ?? '', statusCode, headers, body, ...figures };
  return {
    kind: 'answer',
    statusCode: statusCode ?? 0,
    headers: headers ?? {},
    body: body ?? NO_BODY,
    ...figures,
  };
}

function packHeaders(headers: Readonly<Record<string, string>>): string {
  let packed = '';
  for (const name of Object.keys(headers)) packed += `${name}${BREAK}${headers[name]}${BREAK}`;
  return packed;
}

/** Without a prototype: a header named `__proto__` stays a header. */
function unpackHeaders(packed: string): Record<string, string> {
  const headers = Object.create(null) as Record<string, string>;
  const parts = packed.split(BREAK);
  for (let index = 0; index + 1 < parts.length; index += 2)
    headers[parts[index] ?? ''] = parts[index + 1] ?? '';
  return headers;
}
