import {
  bytesOf,
  type Endpoint,
  type Exchange,
  type Message,
  type Outcome,
  type OutgoingTry,
} from '../../delivery/index.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { ANSWER_LIMIT } from './answer-body.js';
import { judgeChannel, judgeTouchpoint } from './judgement.js';
import { orderNoOf } from './order-no.js';
import { bodySignature, orderSign } from './signatures.js';

const USER_AGENT = 'Flagpost-Outreach/1.0';

const SECRET_MASK = '***';

/** How a stored body begins, and where its `orderNo` and what follows it are. */
const ORDER_NO_AT = '{"orderNo":"'.length;
const ORDER_NO_END = ORDER_NO_AT + 32;

/** What the two generations do differently on the wire. */
interface Wire {
  /** Of an answer, bytes; undefined: as many as the log keeps. */
  readonly answerLimit?: number;
  /** The body as it is sent at an instant, epoch milliseconds. */
  bodyAt(stored: string, at: number): string;
  addHeaders(headers: Record<string, string>, body: Buffer): void;
  judge(exchange: Exchange, now: number, message: Message): Outcome;
}

/** Channels are signed by a header, over the body, which ends in its time. */
function channelWire({ secret, config: { auth } }: Touchpoint): Wire {
  const key = auth?.type === 'SECRET' ? secret : '';
  const credentials =
    auth?.type === 'BASIC' ? Buffer.from(`${auth.username}:${secret}`).toString('base64') : undefined;
  return {
    bodyAt: (stored, at) => `${stored.slice(0, -1)},"timestamp":"${at}"}`,
    addHeaders: (headers, body) => {
      headers['X-gio-signature'] = bodySignature(key, body);
      if (credentials !== undefined) headers['Authorization'] = `Basic ${credentials}`;
    },
    judge: judgeChannel,
  };
}

/** Touchpoints are signed in the body, which begins with its time. */
function touchpointWire({ secret: token }: Touchpoint): Wire {
  return {
    answerLimit: ANSWER_LIMIT,
    bodyAt: (stored, at) => {
      const orderNo = stored.slice(ORDER_NO_AT, ORDER_NO_END);
      const sign = token === '' ? '' : `,"sign":"${orderSign(token, at, orderNo)}"`;
      return `{"timeStamp":${at},"orderNo":"${orderNo}"${sign}${stored.slice(ORDER_NO_END + 1)}`;
    },
    addHeaders: () => {},
    judge: (exchange, now, { body }) => judgeTouchpoint(exchange, now, orderNoIn(body)),
  };
}

/** Of a touchpoint's body, as it is stored or as it was sent: it comes first or second in it. */
function orderNoIn(body: string): string {
  return /"orderNo":"([0-9a-f]{32})"/.exec(body.slice(0, 100))?.[1] ?? '';
}

/** What reach requests and those for receipts have in common. */
abstract class OutreachEndpoint implements Endpoint {
  readonly timeoutMs: number;
  readonly maxInFlight: number;
  readonly latestOnly = false;
  readonly reportsEnds = true;
  readonly answerLimit: number | undefined;
  readonly #wire: Wire;

  constructor(
    readonly id: number,
    readonly url: string,
    touchpoint: Touchpoint,
    /** Of a rate that counts users: the cost of a message is how many it has. */
    readonly maxPerSecond?: number,
  ) {
    this.timeoutMs = touchpoint.config.timeoutMs;
    this.maxInFlight = touchpoint.config.maxInFlight;
    this.#wire = touchpoint.kind === 'CHANNEL' ? channelWire(touchpoint) : touchpointWire(touchpoint);
    this.answerLimit = this.#wire.answerLimit;
  }

  /** Adds the time and, to a touchpoint's, the signature. A new object: what is stored is needed again for the next try. */
  messageAt(message: Message, at: number): Message {
    return { ...message, body: this.#wire.bodyAt(message.body, at), bytes: undefined };
  }

  /** See `judgeChannel` and `judgeTouchpoint`. The message may be as it is stored or as it was sent. */
  judge(exchange: Exchange, now: number, message: Message): Outcome {
    return this.#wire.judge(exchange, now, message);
  }

  /** `eventId` of the message is the batch's `orderId`: a header names it, by which receivers of channels can drop repeats. */
  headersFor({ deliveryId, message }: OutgoingTry): Record<string, string> {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'User-Agent': USER_AGENT,
      'X-Flagpost-Order': orderNoOf(message.eventId),
      'X-Flagpost-Delivery': deliveryId,
    };
    this.#wire.addHeaders(headers, bytesOf(message));
    if (message.traceparent !== null) headers['traceparent'] = message.traceparent;
    return headers;
  }

  withoutSecrets(headers: Record<string, string>): Record<string, string> {
    return 'Authorization' in headers ? { ...headers, Authorization: SECRET_MASK } : headers;
  }
}

/**
 * A touchpoint of either generation as the delivery engine sends to it. What depends on the moment is made at each try, so a changed
 * secret counts at once; `orderNo` and users are the same at every try.
 */
export class ReachEndpoint extends OutreachEndpoint {
  constructor(touchpoint: Touchpoint) {
    super(touchpoint.id, touchpoint.url, touchpoint, touchpoint.config.usersPerSecond);
  }
}

/** Where a touchpoint is asked for the receipts of its requests. */
export class ReceiptEndpoint extends OutreachEndpoint {
  /** @throws Error where the touchpoint has no receipts to ask for */
  constructor(touchpoint: Touchpoint) {
    const { receiptEndpointId, config } = touchpoint;
    if (receiptEndpointId === undefined || config.receipts?.mode !== 'ASYNC')
      throw new Error(`Touchpoint ${touchpoint.id} has no receipts to ask for`);
    super(receiptEndpointId, config.receipts.url, touchpoint);
  }
}
