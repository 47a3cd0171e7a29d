import {
  toWireJson,
  type Change,
  type EventAction,
  type EventKeys,
  type EventResource,
} from '../../events/index.js';
import type { FormattedEvent } from '../formats/formatted-event.js';
import * as sample from './sample-data.js';
import { campaign, touchpoint } from './sample-outreach.js';

interface Sample {
  readonly keys: EventKeys;
  readonly data: object;
}

const PROJECT: EventKeys = { projectKey: sample.PROJECT_KEY };
const ENVIRONMENT: EventKeys = { ...PROJECT, environmentKey: sample.ENVIRONMENT_KEY };
const SEGMENT: EventKeys = { ...PROJECT, segmentKey: sample.SEGMENT_KEY };
const TOGGLE: EventKeys = { ...PROJECT, toggleKey: sample.TOGGLE_KEY };
const TARGETING: EventKeys = { ...ENVIRONMENT, ...TOGGLE };

type MakeSample = (stamps: sample.Stamps) => Sample;

/** One sample for each event of the catalogue: the keys and the shape of data that a real one has. */
const SAMPLES: Readonly<Record<string, MakeSample>> = {
  'PROJECT.CREATE': () => ({ keys: PROJECT, data: sample.project() }),
  'PROJECT.UPDATE': () => ({ keys: PROJECT, data: sample.project() }),
  'PROJECT.DELETE': () => ({ keys: PROJECT, data: sample.project() }),
  'PROJECT.UPDATE_APPROVAL_SETTINGS': (stamps) => ({ keys: PROJECT, data: sample.approvalSettings(stamps) }),
  'ENVIRONMENT.CREATE': () => ({ keys: ENVIRONMENT, data: sample.environment() }),
  'ENVIRONMENT.UPDATE': () => ({ keys: ENVIRONMENT, data: sample.environment() }),
  'ENVIRONMENT.OFFLINE': () => ({ keys: ENVIRONMENT, data: sample.environment() }),
  'ENVIRONMENT.RESTORE': () => ({ keys: ENVIRONMENT, data: sample.environment() }),
  'SEGMENT.CREATE': (stamps) => ({ keys: SEGMENT, data: sample.segment(stamps, []) }),
  'SEGMENT.UPDATE': (stamps) => ({ keys: SEGMENT, data: sample.segment(stamps) }),
  'SEGMENT.PUBLISH': (stamps) => ({ keys: SEGMENT, data: sample.segment(stamps) }),
  'SEGMENT.DELETE': (stamps) => ({ keys: SEGMENT, data: sample.segment(stamps) }),
  'TOGGLE.CREATE': (stamps) => ({ keys: TOGGLE, data: sample.toggle(stamps, false) }),
  'TOGGLE.UPDATE': (stamps) => ({ keys: TOGGLE, data: sample.toggle(stamps, false) }),
  'TOGGLE.OFFLINE': (stamps) => ({ keys: TOGGLE, data: sample.toggle(stamps, true) }),
  'TOGGLE.RESTORE': (stamps) => ({ keys: TOGGLE, data: sample.toggle(stamps, false) }),
  'TOGGLE.PUBLISH': (stamps) => ({ keys: TARGETING, data: sample.targeting(stamps) }),
  'TOGGLE.CREATE_APPROVAL': (stamps) => ({ keys: TARGETING, data: sample.approval(stamps, 'PENDING') }),
  'TOGGLE.UPDATE_APPROVAL': (stamps) => ({ keys: TARGETING, data: sample.approval(stamps, 'PASS') }),
  'TOGGLE.REVOKE_APPROVAL': (stamps) => ({ keys: TARGETING, data: sample.canceledTargeting(stamps) }),
  'MEMBER.CREATE': (stamps) => ({ keys: {}, data: [sample.member(stamps)] }),
  'MEMBER.UPDATE': (stamps) => ({ keys: {}, data: sample.member(stamps) }),
  'MEMBER.DELETE': (stamps) => ({ keys: {}, data: { ...sample.member(stamps), role: undefined } }),
  'WEBHOOK.CREATE': (stamps) => ({ keys: {}, data: sample.webhook(stamps) }),
  'WEBHOOK.UPDATE': (stamps) => ({ keys: {}, data: sample.webhook(stamps) }),
  'WEBHOOK.DELETE': (stamps) => ({ keys: {}, data: sample.webhook(stamps) }),
  'TOUCHPOINT.CREATE': (stamps) => ({ keys: {}, data: touchpoint(stamps, 'ENABLED') }),
  'TOUCHPOINT.UPDATE': (stamps) => ({ keys: {}, data: touchpoint(stamps, 'DISABLED') }),
  'TOUCHPOINT.DELETE': (stamps) => ({ keys: {}, data: touchpoint(stamps, 'DISABLED') }),
  'TOUCHPOINT.ENABLE': (stamps) => ({ keys: {}, data: touchpoint(stamps, 'ENABLED') }),
  'TOUCHPOINT.DISABLE': (stamps) => ({ keys: {}, data: touchpoint(stamps, 'DISABLED') }),
  'CAMPAIGN.CREATE': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'DRAFT') }),
  'CAMPAIGN.UPDATE': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'DRAFT') }),
  'CAMPAIGN.DELETE': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'DRAFT') }),
  'CAMPAIGN.PUBLISH': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'NOT_STARTED') }),
  'CAMPAIGN.PAUSE': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'PAUSED') }),
  'CAMPAIGN.RESUME': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'RUNNING') }),
  'CAMPAIGN.CLOSE': (stamps) => ({ keys: PROJECT, data: campaign(stamps, 'CLOSED') }),
};

/** What differs from the state before, of those events that tell it. */
const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  'PROJECT.UPDATE': [{ path: '/name', from: 'Shop', to: 'Sample shop' }],
  'PROJECT.UPDATE_APPROVAL_SETTINGS': [{ path: '/0/enable', from: false, to: true }],
  'ENVIRONMENT.UPDATE': [{ path: '/name', from: 'Online', to: 'Production' }],
  'SEGMENT.UPDATE': [{ path: '/name', from: 'Testers', to: 'Beta testers' }],
  'SEGMENT.PUBLISH': [{ path: '/rules/0/conditions/0/objects/0', from: 'Rome', to: 'Paris' }],
  'TOGGLE.UPDATE': [{ path: '/tags/0', to: 'sample' }],
  'TOGGLE.PUBLISH': [
    { path: '/disabled', from: true, to: false },
    { path: '/content/rules/0/serve/select', from: 0, to: 1 },
  ],
  'TOGGLE.CREATE_APPROVAL': [{ path: '/approvalData/disabled', from: true, to: false }],
  'TOGGLE.UPDATE_APPROVAL': [
    { path: '/status', from: 'PENDING', to: 'PASS' },
    { path: '/comment', to: 'Looks good' },
  ],
  'TOGGLE.REVOKE_APPROVAL': [{ path: '/status', from: 'PENDING_APPROVAL', to: 'RELEASE' }],
  'MEMBER.UPDATE': [{ path: '/role', from: 'OWNER', to: 'WRITER' }],
  'WEBHOOK.UPDATE': [{ path: '/status', from: 'DISABLE', to: 'ENABLE' }],
};

/** The id of a sample that nobody gave one. */
const SAMPLE_ID = '01900000-0000-7000-8000-000000000000';

/** The events there are samples of: all of the catalogue. */
export const SAMPLE_NAMES: readonly string[] = Object.keys(SAMPLES);

/**
 * A sample as if `operator` had made that change at `now`, epoch milliseconds.
 * @throws Error for an event that is not in the catalogue
 */
export function sampleEvent(name: string, operator: string, now: number, id = SAMPLE_ID): FormattedEvent {
  const make = SAMPLES[name];
  if (!make) throw new Error(`There is no sample of ${name}`);
  const [resource, action] = name.split('.') as [EventResource, EventAction];
  const { keys, data } = make({ by: operator, at: now });
  return {
    id,
    resource,
    action,
    operator,
    timestamp: now,
    keys,
    dataJson: toWireJson(data),
    changes: CHANGES[name],
  };
}
