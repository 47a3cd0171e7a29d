import type { Exchange, FailureReason, OutgoingRequest } from '../exchange.js';

/**
 * How requests and their outcomes pass between threads: batches as flat lists of numbers and texts. Those are copied at the speed of
 * memory, where objects are taken apart and put together again member by member, which costs about as much as sending a request.
 */
export type Wire = (string | number | undefined)[];

/** A request, and by which number its outcome is known. */
export interface NumberedRequest {
  readonly id: number;
  /** When it was handed over, by the clock that all threads share; milliseconds. */
  readonly at: number;
  readonly request: OutgoingRequest;
}

/** Milliseconds of a clock that all threads of this process share, and nobody sets. */
export function sharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Adds a request to a batch. */
export function packRequest(wire: Wire, { id, at, request }: NumberedRequest): void {
  const { url, headers, body, timeoutMs } = request;
  const names = Object.keys(headers);
  wire.push(id, at, url, timeoutMs, typeof body === 'string' ? body : body.toString('utf8'), names.length);
  for (const name of names) wire.push(name, headers[name]);
}

export function* unpackRequests(wire: Wire): Generator<NumberedRequest> {
  const reader = new Reader(wire);
  while (reader.hasMore) {
    const [id, at] = [reader.number(), reader.number()];
    const [url, timeoutMs, body] = [reader.text(), reader.number(), reader.text()];
    yield { id, at, request: { url, timeoutMs, body, headers: reader.headers() } };
  }
}

/** Adds an outcome to a batch. */
export function packExchange(wire: Wire, id: number, exchange: Exchange): void {
  const { durationMs, connectMs, waitMs, receivedBytes, statusCode } = exchange;
  const failed = exchange.kind === 'failure';
  wire.push(id, failed ? exchange.reason : undefined, failed ? exchange.message : undefined);
  wire.push(statusCode, durationMs, connectMs, waitMs, receivedBytes);
  // As latin1, in which every byte is a character.
  wire.push(exchange.body?.toString('latin1'));
  const names = exchange.headers && Object.keys(exchange.headers);
  wire.push(names?.length);
  for (const name of names ?? []) wire.push(name, exchange.headers?.[name]);
}

export function* unpackExchanges(wire: Wire): Generator<[id: number, exchange: Exchange]> {
  const reader = new Reader(wire);
  while (reader.hasMore) yield [reader.number(), readExchange(reader)];
}

function readExchange(reader: Reader): Exchange {
  const [reason, message] = [reader.next(), reader.next()];
  const [statusCode, durationMs] = [reader.next() as number | undefined, reader.number()];
  const figures = {
    durationMs,
    connectMs: reader.next() as number | undefined,
    waitMs: reader.next() as number | undefined,
    receivedBytes: reader.next() as number | undefined,
  };
  const bytes = reader.next() as string | undefined;
  const body = bytes === undefined ? undefined : Buffer.from(bytes, 'latin1');
  const headers = reader.optionalHeaders();
  if (reason === undefined)
    return {
      kind: 'answer',
      statusCode: statusCode ?? 0,
      headers: headers ?? {},
      body: body ?? NO_BODY,
      ...figures,
    };
  const failure = { reason: reason as FailureReason, message: String(message) };
  return { kind: 'failure', ...failure, statusCode, headers, body, ...figures };
}

const NO_BODY = Buffer.alloc(0);

class Reader {
  #place = 0;

  constructor(private readonly wire: Wire) {}

  get hasMore(): boolean {
    return this.#place < this.wire.length;
  }

  next(): string | number | undefined {
    return this.wire[this.#place++];
  }

  number(): number {
    return this.next() as number;
  }

  text(): string {
    return this.next() as string;
  }

  headers(): Record<string, string> {
    return this.optionalHeaders() ?? {};
  }

  optionalHeaders(): Record<string, string> | undefined {
    const count = this.next() as number | undefined;
    if (count === undefined) return undefined;
    const entries: [string, string][] = [];
    for (let index = 0; index < count; index += 1) entries.push([this.text(), this.text()]);
    // fromEntries defines properties: a header named __proto__ stays a header.
    return Object.fromEntries(entries);
  }
}
