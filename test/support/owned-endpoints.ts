import { createHash } from 'node:crypto';
import { bytesOf, DeliveryPlanner, judge, type Endpoint, type Planned } from '../../src/delivery/index.js';
import type { TestEngine } from './engine.js';

export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What users' requests are like: the time of sending is in the body, which is signed. */
export const STAMPED: Partial<Endpoint> = {
  messageAt: (message, at) => ({ ...message, body: JSON.stringify({ ...JSON.parse(message.body), at }) }),
  headersFor: ({ number, message }) => ({
    'Content-Type': message.contentType,
    'X-Try': String(number),
    'X-Hash': hashOf(bytesOf(message)),
  }),
};

/** Taken is only what says `{"code":0}`; any other code is final. */
export const CODED: Partial<Endpoint> = {
  judge: (exchange, now) => {
    if (exchange.kind === 'failure' || exchange.statusCode !== 200) {
      const outcome = judge(exchange, now);
      return outcome.kind === 'delivered'
        ? { kind: 'retry', reason: 'not 200', failureClass: 'unexpected_status' }
        : outcome;
    }
    const { code } = JSON.parse(exchange.body.toString()) as { code: number };
    return code === 0
      ? { kind: 'delivered' }
      : {
          kind: 'failed',
          reason: `code ${code}`,
          failureClass: 'unexpected_status',
          disablesEndpoint: false,
        };
  },
};

/** Plans a message for each event, as owners do with what ended. */
export async function planFor(
  engine: TestEngine,
  endpointId: number,
  events: readonly { readonly eventId: string }[],
): Promise<Planned[]> {
  return engine.unitOfWork.run(() =>
    engine.app.get(DeliveryPlanner).plan(
      events.map(({ eventId }, index) => ({
        organizationId: 1,
        eventId,
        eventName: 'OUTREACH.RECEIPT',
        orderingKey: eventId,
        sequence: index,
        subject: '',
        contentType: 'application/json',
        body: '{"n":0}',
        traceparent: undefined,
        targets: [{ endpointId, ordering: 'NONE', retryForMs: 60_000 }],
      })),
    ),
  );
}
