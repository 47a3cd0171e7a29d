import type { MessagePlan } from '../../delivery/index.js';
import type { DomainEvent } from '../../events/index.js';
import { featureProbeBody } from '../formats/featureprobe.format.js';
import { carriesSdkKeys } from '../formats/sdk-key-mask.js';
import type { WebhookEntity } from '../webhook.entity.js';

const HOUR_MS = 3_600_000;

/** What planning reads of a webhook. */
export type Subscriber = Pick<WebhookEntity, 'id' | 'ordering' | 'retryForHours' | 'maskSdkKeys'>;

/** One message for each form of the body that somebody wants, each serialized once, with all who get it. */
export function planDeliveries(event: DomainEvent, subscribers: readonly Subscriber[]): MessagePlan[] {
  // Where there is nothing to mask, the two forms are one.
  const wantsMasked = (subscriber: Subscriber): boolean => subscriber.maskSdkKeys && carriesSdkKeys(event);
  return [false, true].flatMap((masked) => {
    const group = subscribers.filter((subscriber) => wantsMasked(subscriber) === masked);
    return group.length === 0 ? [] : [messageFor(event, masked, group)];
  });
}

/**
 * What an event tells the state of, within its ordering key: a later one of the same kind in the same environment says all that this
 * one does. Other kinds don't replace it: a TOGGLE.UPDATE says nothing of what was published before.
 */
function subjectOf({ name, keys }: DomainEvent): string {
  return keys.environmentKey === undefined ? name : `${name} ${keys.environmentKey}`;
}

function messageFor(event: DomainEvent, masked: boolean, group: readonly Subscriber[]): MessagePlan {
  return {
    organizationId: event.organizationId,
    eventId: event.id,
    eventName: event.name,
    orderingKey: event.orderingKey,
    sequence: event.sequence,
    subject: subjectOf(event),
    ...featureProbeBody(event, masked),
    traceparent: event.traceparent,
    targets: group.map(({ id, ordering, retryForHours }) => ({
      endpointId: id,
      ordering,
      retryForMs: retryForHours * HOUR_MS,
    })),
  };
}
