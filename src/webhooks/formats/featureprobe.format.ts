import type { FormattedBody, FormattedEvent } from './formatted-event.js';
import { carriesSdkKeys, maskSdkKeys } from './sdk-key-mask.js';

const CONTENT_TYPE = 'application/json; charset=utf-8';

/**
 * FeatureProbe's body: compact JSON, keys in alphabetical order at every depth. The event's data is in that form already and goes
 * in as it is. Keys that FeatureProbe forgets on toggle and segment events are there (DESIGN, "Where we differ").
 */
export function featureProbeBody(event: FormattedEvent, masked: boolean): FormattedBody {
  const { keys } = event;
  const data = masked && carriesSdkKeys(event) ? maskSdkKeys(event.dataJson) : event.dataJson;
  // In alphabetical order, which is part of the format.
  const body =
    `{"action":${JSON.stringify(event.action)},"data":${data}` +
    optional('environmentKey', keys.environmentKey) +
    `,"operator":${JSON.stringify(event.operator)}` +
    optional('projectKey', keys.projectKey) +
    `,"resource":${JSON.stringify(event.resource)}` +
    optional('segmentKey', keys.segmentKey) +
    `,"timestamp":${event.timestamp}` +
    `${optional('toggleKey', keys.toggleKey)}}`;
  return { contentType: CONTENT_TYPE, body };
}

function optional(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}
