import type {
  Campaign,
  Touchpoint,
  Approval,
  ApprovalSettings,
  Environment,
  Member,
  Project,
  RevokedTargeting,
  Segment,
  Targeting,
  Toggle,
  Webhook,
} from './data.js';

/** What every event has. */
export interface EventOf<Resource extends string, Action extends string, Data> {
  resource: Resource;
  action: Action;
  /** The account of whoever made the change, or `system`. */
  operator: string;
  /** When the change was asked for, epoch milliseconds. */
  timestamp: number;
  data: Data;
}

interface OfProject {
  projectKey: string;
}

interface OfEnvironment extends OfProject {
  environmentKey: string;
}

interface OfSegment extends OfProject {
  segmentKey: string;
}

interface OfToggle extends OfProject {
  toggleKey: string;
}

type OfTargeting = OfEnvironment & OfToggle;

/** Every kind of event by its name, `RESOURCE.ACTION`. */
export interface WebhookEvents {
  'PROJECT.CREATE': EventOf<'PROJECT', 'CREATE', Project> & OfProject;
  'PROJECT.UPDATE': EventOf<'PROJECT', 'UPDATE', Project> & OfProject;
  'PROJECT.DELETE': EventOf<'PROJECT', 'DELETE', Project> & OfProject;
  'PROJECT.UPDATE_APPROVAL_SETTINGS': EventOf<'PROJECT', 'UPDATE_APPROVAL_SETTINGS', ApprovalSettings[]> &
    OfProject;
  'ENVIRONMENT.CREATE': EventOf<'ENVIRONMENT', 'CREATE', Environment> & OfEnvironment;
  'ENVIRONMENT.UPDATE': EventOf<'ENVIRONMENT', 'UPDATE', Environment> & OfEnvironment;
  'ENVIRONMENT.OFFLINE': EventOf<'ENVIRONMENT', 'OFFLINE', Environment> & OfEnvironment;
  'ENVIRONMENT.RESTORE': EventOf<'ENVIRONMENT', 'RESTORE', Environment> & OfEnvironment;
  'SEGMENT.CREATE': EventOf<'SEGMENT', 'CREATE', Segment> & OfSegment;
  'SEGMENT.UPDATE': EventOf<'SEGMENT', 'UPDATE', Segment> & OfSegment;
  'SEGMENT.PUBLISH': EventOf<'SEGMENT', 'PUBLISH', Segment> & OfSegment;
  'SEGMENT.DELETE': EventOf<'SEGMENT', 'DELETE', Segment> & OfSegment;
  'TOGGLE.CREATE': EventOf<'TOGGLE', 'CREATE', Toggle> & OfToggle;
  'TOGGLE.UPDATE': EventOf<'TOGGLE', 'UPDATE', Toggle> & OfToggle;
  'TOGGLE.OFFLINE': EventOf<'TOGGLE', 'OFFLINE', Toggle> & OfToggle;
  'TOGGLE.RESTORE': EventOf<'TOGGLE', 'RESTORE', Toggle> & OfToggle;
  'TOGGLE.PUBLISH': EventOf<'TOGGLE', 'PUBLISH', Targeting> & OfTargeting;
  'TOGGLE.CREATE_APPROVAL': EventOf<'TOGGLE', 'CREATE_APPROVAL', Approval> & OfTargeting;
  'TOGGLE.UPDATE_APPROVAL': EventOf<'TOGGLE', 'UPDATE_APPROVAL', Approval> & OfTargeting;
  'TOGGLE.REVOKE_APPROVAL': EventOf<'TOGGLE', 'REVOKE_APPROVAL', RevokedTargeting> & OfTargeting;
  /** One for all members that were added at once. */
  'MEMBER.CREATE': EventOf<'MEMBER', 'CREATE', Member[]>;
  'MEMBER.UPDATE': EventOf<'MEMBER', 'UPDATE', Member>;
  'MEMBER.DELETE': EventOf<'MEMBER', 'DELETE', Member>;
  'WEBHOOK.CREATE': EventOf<'WEBHOOK', 'CREATE', Webhook>;
  'WEBHOOK.UPDATE': EventOf<'WEBHOOK', 'UPDATE', Webhook>;
  'WEBHOOK.DELETE': EventOf<'WEBHOOK', 'DELETE', Webhook>;
  'TOUCHPOINT.CREATE': EventOf<'TOUCHPOINT', 'CREATE', Touchpoint>;
  'TOUCHPOINT.UPDATE': EventOf<'TOUCHPOINT', 'UPDATE', Touchpoint>;
  'TOUCHPOINT.DELETE': EventOf<'TOUCHPOINT', 'DELETE', Touchpoint>;
  'TOUCHPOINT.ENABLE': EventOf<'TOUCHPOINT', 'ENABLE', Touchpoint>;
  'TOUCHPOINT.DISABLE': EventOf<'TOUCHPOINT', 'DISABLE', Touchpoint>;
  'CAMPAIGN.CREATE': EventOf<'CAMPAIGN', 'CREATE', Campaign> & OfProject;
  'CAMPAIGN.UPDATE': EventOf<'CAMPAIGN', 'UPDATE', Campaign> & OfProject;
  'CAMPAIGN.DELETE': EventOf<'CAMPAIGN', 'DELETE', Campaign> & OfProject;
  'CAMPAIGN.PUBLISH': EventOf<'CAMPAIGN', 'PUBLISH', Campaign> & OfProject;
  'CAMPAIGN.PAUSE': EventOf<'CAMPAIGN', 'PAUSE', Campaign> & OfProject;
  'CAMPAIGN.RESUME': EventOf<'CAMPAIGN', 'RESUME', Campaign> & OfProject;
  'CAMPAIGN.CLOSE': EventOf<'CAMPAIGN', 'CLOSE', Campaign> & OfProject;
}

/** `RESOURCE.ACTION`. */
export type EventName = keyof WebhookEvents;

/** Any event: `resource` and `action` together tell which. */
export type WebhookEvent = WebhookEvents[EventName];

/** Whether an event is of one kind; its data then has that kind's type. */
export function isEvent<Name extends EventName>(
  event: WebhookEvent,
  name: Name,
): event is WebhookEvents[Name] {
  return `${event.resource}.${event.action}` === name;
}
