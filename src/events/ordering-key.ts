import type { RecordedChange } from './domain-event.js';

/**
 * What an event is in order with. A toggle's events of all environments share a key, a project's environments share
 * the project's; everything else may overtake everything else.
 */
export function orderingKeyOf({ resource, keys = {}, subject }: RecordedChange): string {
  switch (resource) {
    case 'TOGGLE':
      return `toggle:${need(keys.projectKey)}/${need(keys.toggleKey)}`;
    case 'SEGMENT':
      return `segment:${need(keys.projectKey)}/${need(keys.segmentKey)}`;
    case 'PROJECT':
    case 'ENVIRONMENT':
      return `project:${need(keys.projectKey)}`;
    case 'MEMBER':
      return `member:${need(subject)}`;
    case 'WEBHOOK':
      return `webhook:${need(subject)}`;
    case 'TOUCHPOINT':
      return `touchpoint:${need(subject)}`;
    case 'CAMPAIGN':
      return `campaign:${need(subject)}`;
  }
}

function need(part: string | undefined): string {
  if (part === undefined) throw new Error('An event lacks the key that orders it');
  return part;
}
