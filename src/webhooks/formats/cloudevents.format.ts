import { featureProbeBody } from './featureprobe.format.js';
import type { FormattedBody, FormattedEvent } from './formatted-event.js';

const CONTENT_TYPE = 'application/cloudevents+json';

/**
 * A CloudEvents 1.0 event in structured mode. Its data is FeatureProbe's body, envelope included, so that a receiver finds there
 * what it knows. Compact, keys in alphabetical order at every depth.
 */
export function cloudEventsBody(event: FormattedEvent, masked: boolean): FormattedBody {
  const { resource, action, keys } = event;
  const type = `io.flagpost.${resource}.${action}`.toLowerCase();
  // What happened to a toggle in one environment: the source is the toggle, the subject the environment.
  const subject = resource === 'TOGGLE' ? keys.environmentKey : undefined;
  const body =
    `{"data":${featureProbeBody(event, masked).body}` +
    `,"datacontenttype":"application/json"` +
    `,"id":${JSON.stringify(event.id)}` +
    `,"source":${JSON.stringify(sourceOf(event))}` +
    `,"specversion":"1.0"` +
    (subject === undefined ? '' : `,"subject":${JSON.stringify(subject)}`) +
    `,"time":"${new Date(event.timestamp).toISOString()}"` +
    `,"type":${JSON.stringify(type)}}`;
  return { contentType: CONTENT_TYPE, body };
}

/** The path of what was changed, as a URI reference: `/projects/P/toggles/T`. */
function sourceOf({ resource, keys, dataJson }: FormattedEvent): string {
  const { projectKey, environmentKey, segmentKey, toggleKey } = keys;
  switch (resource) {
    case 'PROJECT':
      return path('projects', projectKey);
    case 'ENVIRONMENT':
      return path('projects', projectKey, 'environments', environmentKey);
    case 'SEGMENT':
      return path('projects', projectKey, 'segments', segmentKey);
    case 'TOGGLE':
      return path('projects', projectKey, 'toggles', toggleKey);
    case 'MEMBER':
      return path('members', onlyMember(dataJson));
    case 'WEBHOOK':
      return path('webhooks', idIn(dataJson));
    case 'TOUCHPOINT':
      return path('touchpoints', idIn(dataJson));
    case 'CAMPAIGN':
      return path('projects', projectKey, 'campaigns', idIn(dataJson));
  }
}

function idIn(dataJson: string): number | undefined {
  return (JSON.parse(dataJson) as { id?: number }).id;
}

/** MEMBER.CREATE carries a list; the source of several accounts at once is all members. */
function onlyMember(dataJson: string): string | undefined {
  const data = JSON.parse(dataJson) as { account?: string } | { account?: string }[];
  const members = Array.isArray(data) ? data : [data];
  return members.length === 1 ? members[0]?.account : undefined;
}

function path(...segments: readonly (string | number | undefined)[]): string {
  const given = segments.filter((segment) => segment !== undefined);
  return given.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
