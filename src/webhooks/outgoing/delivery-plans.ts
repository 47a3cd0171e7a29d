import type { MessagePlan } from '../../delivery/index.js';
import type { DomainEvent } from '../../events/index.js';
import { bodyFormOf, formatBody, type BodyForm, type FormSource } from '../formats/body-form.js';
import { TemplateError } from '../templates/template-error.js';
import type { WebhookEntity } from '../webhook.entity.js';

const HOUR_MS = 3_600_000;

/** What planning reads of a webhook. */
export type Subscriber = FormSource & Pick<WebhookEntity, 'id' | 'ordering' | 'retryForHours'>;

/** Those who get an event in the same form. */
interface Group {
  readonly form: BodyForm;
  readonly subscribers: Subscriber[];
}

/** One message for each form of the body that somebody wants, each serialized once, with all who get it. */
export function planDeliveries(event: DomainEvent, subscribers: readonly Subscriber[]): MessagePlan[] {
  const groups = new Map<string, Group>();
  for (const subscriber of subscribers) {
    const form = bodyFormOf(subscriber, event);
    const key = JSON.stringify(form);
    const group = groups.get(key) ?? { form, subscribers: [] };
    group.subscribers.push(subscriber);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => messageFor(event, group));
}

/**
 * What an event tells the state of, within its ordering key: a later one of the same kind in the same environment says all that this
 * one does. Other kinds don't replace it: a TOGGLE.UPDATE says nothing of what was published before.
 */
function subjectOf({ name, keys }: DomainEvent): string {
  return keys.environmentKey === undefined ? name : `${name} ${keys.environmentKey}`;
}

function messageFor(event: DomainEvent, { form, subscribers }: Group): MessagePlan {
  return {
    organizationId: event.organizationId,
    eventId: event.id,
    eventName: event.name,
    orderingKey: event.orderingKey,
    sequence: event.sequence,
    subject: subjectOf(event),
    ...bodyOrFailure(event, form),
    traceparent: event.traceparent,
    targets: subscribers.map(({ id, ordering, retryForHours }) => ({
      endpointId: id,
      ordering,
      retryForMs: retryForHours * HOUR_MS,
    })),
  };
}

/** A template that fails must neither stop the change nor make it vanish from the log: its deliveries are made, as failed. */
function bodyOrFailure(
  event: DomainEvent,
  form: BodyForm,
): Pick<MessagePlan, 'contentType' | 'body' | 'failure'> {
  try {
    return formatBody(event, form);
  } catch (error) {
    if (!(error instanceof TemplateError) || form.format !== 'TEMPLATE') throw error;
    return { contentType: form.contentType, body: '', failure: error.message };
  }
}
