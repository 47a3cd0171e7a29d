import type { WebhookEvent } from './events.js';

/**
 * The event in a verified body, of the format `FEATUREPROBE` or `CLOUDEVENTS`. Bodies of the format `TEMPLATE` are your own:
 * parse them yourself. Events of a newer Flagpost may be of kinds that this version has no type for.
 * @throws SyntaxError for a body that is not JSON, or no event
 */
export function parseEvent(body: string | Uint8Array): WebhookEvent {
  const parsed: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  const event = isObject(parsed) && 'specversion' in parsed ? parsed['data'] : parsed;
  if (!isObject(event) || typeof event['resource'] !== 'string' || typeof event['action'] !== 'string')
    throw new SyntaxError('The body is JSON, but no event: it has no resource and action');
  return event as unknown as WebhookEvent;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
