/**
 * Every kind of event there is: what was changed, what was done to it, which keys the event carries, and the shape of
 * its data. FeatureProbe's resources and actions, with the keys it forgets (toggle and segment events lack theirs there), and those
 * of outreach.
 */
export const EVENT_CATALOGUE = {
  PROJECT: {
    keys: ['projectKey'],
    actions: ['CREATE', 'UPDATE', 'DELETE', 'UPDATE_APPROVAL_SETTINGS'],
  },
  ENVIRONMENT: {
    keys: ['projectKey', 'environmentKey'],
    actions: ['CREATE', 'UPDATE', 'OFFLINE', 'RESTORE'],
  },
  SEGMENT: {
    keys: ['projectKey', 'segmentKey'],
    actions: ['CREATE', 'UPDATE', 'PUBLISH', 'DELETE'],
  },
  TOGGLE: {
    /** PUBLISH and the approval actions concern one environment and carry `environmentKey` too. */
    keys: ['projectKey', 'toggleKey'],
    actions: [
      'CREATE',
      'UPDATE',
      'OFFLINE',
      'RESTORE',
      'PUBLISH',
      'CREATE_APPROVAL',
      'UPDATE_APPROVAL',
      'REVOKE_APPROVAL',
    ],
  },
  MEMBER: { keys: [], actions: ['CREATE', 'UPDATE', 'DELETE'] },
  WEBHOOK: { keys: [], actions: ['CREATE', 'UPDATE', 'DELETE'] },
  TOUCHPOINT: { keys: [], actions: ['CREATE', 'UPDATE', 'DELETE', 'ENABLE', 'DISABLE'] },
  CAMPAIGN: {
    keys: ['projectKey'],
    actions: ['CREATE', 'UPDATE', 'DELETE', 'PUBLISH', 'PAUSE', 'RESUME', 'CLOSE'],
  },
} as const;

export type EventResource = keyof typeof EVENT_CATALOGUE;
export type EventAction = (typeof EVENT_CATALOGUE)[EventResource]['actions'][number];

/** The resources, in the catalogue's order. */
export const EVENT_RESOURCES = Object.keys(EVENT_CATALOGUE) as EventResource[];

/** All actions of all resources, each once. */
export const EVENT_ACTIONS = [
  ...new Set(
    EVENT_RESOURCES.flatMap((resource) => EVENT_CATALOGUE[resource].actions as readonly EventAction[]),
  ),
];

/** `RESOURCE.ACTION` of every event there is. */
export const EVENT_NAMES: readonly string[] = EVENT_RESOURCES.flatMap((resource) =>
  EVENT_CATALOGUE[resource].actions.map((action) => `${resource}.${action}`),
);

/** The keys of what was changed and of what holds it. */
export interface EventKeys {
  readonly projectKey?: string;
  readonly environmentKey?: string;
  readonly toggleKey?: string;
  readonly segmentKey?: string;
}
