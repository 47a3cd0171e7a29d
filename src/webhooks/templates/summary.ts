import { diff, type Change } from '../../events/index.js';
import type { FormattedEvent } from '../formats/formatted-event.js';
import { maskSdkKeysIn } from '../formats/sdk-key-mask.js';
import { oneLine, readableChange } from './readable.js';

/** Changes told one by one; of the rest, how many there are. */
const MAX_CHANGES = 3;

/** Fits WeCom's 2048 bytes whatever the script: a UTF-16 unit has at most three. */
const MAX_SUMMARY_LENGTH = 600;

/** Keys are at most 128 characters long, and so are accounts; only lists of them come to more. */
const MAX_NAME_LENGTH = 128;

/** What was done, by the event's name; what it was done to follows. */
const DEEDS: Readonly<Record<string, string>> = {
  'PROJECT.CREATE': 'created project',
  'PROJECT.UPDATE': 'changed project',
  'PROJECT.DELETE': 'deleted project',
  'PROJECT.UPDATE_APPROVAL_SETTINGS': 'changed the approval settings of project',
  'ENVIRONMENT.CREATE': 'created environment',
  'ENVIRONMENT.UPDATE': 'changed environment',
  'ENVIRONMENT.OFFLINE': 'archived environment',
  'ENVIRONMENT.RESTORE': 'restored environment',
  'SEGMENT.CREATE': 'created segment',
  'SEGMENT.UPDATE': 'changed segment',
  'SEGMENT.PUBLISH': 'published segment',
  'SEGMENT.DELETE': 'deleted segment',
  'TOGGLE.CREATE': 'created toggle',
  'TOGGLE.UPDATE': 'changed toggle',
  'TOGGLE.OFFLINE': 'archived toggle',
  'TOGGLE.RESTORE': 'restored toggle',
  'TOGGLE.PUBLISH': 'published toggle',
  'TOGGLE.CREATE_APPROVAL': 'asked for approval of a change to toggle',
  'TOGGLE.UPDATE_APPROVAL': 'decided on a change to toggle',
  'TOGGLE.REVOKE_APPROVAL': 'gave up a change to toggle',
  'MEMBER.CREATE': 'added member',
  'MEMBER.UPDATE': 'changed member',
  'MEMBER.DELETE': 'removed member',
  'WEBHOOK.CREATE': 'created webhook',
  'WEBHOOK.UPDATE': 'changed webhook',
  'WEBHOOK.DELETE': 'deleted webhook',
  'TOUCHPOINT.CREATE': 'created touchpoint',
  'TOUCHPOINT.UPDATE': 'changed touchpoint',
  'TOUCHPOINT.DELETE': 'deleted touchpoint',
  'TOUCHPOINT.ENABLE': 'enabled touchpoint',
  'TOUCHPOINT.DISABLE': 'disabled touchpoint',
  'CAMPAIGN.CREATE': 'created campaign',
  'CAMPAIGN.UPDATE': 'changed campaign',
  'CAMPAIGN.DELETE': 'deleted campaign',
  'CAMPAIGN.PUBLISH': 'published campaign',
  'CAMPAIGN.PAUSE': 'paused campaign',
  'CAMPAIGN.RESUME': 'resumed campaign',
  'CAMPAIGN.CLOSE': 'closed campaign',
};

/** What TOGGLE.UPDATE_APPROVAL tells of, by the status in its data. */
const DECISIONS: Readonly<Record<string, string>> = {
  PASS: 'approved a change to toggle',
  REJECT: 'rejected a change to toggle',
  JUMP: 'published without approval a change to toggle',
  REVOKE: 'withdrew a change to toggle',
};

/** What the deed says already, or what every such event changes. */
const UNTOLD: Readonly<Record<string, readonly string[]>> = {
  'SEGMENT.PUBLISH': ['/version'],
  'TOGGLE.PUBLISH': ['/version', '/status', '/locked'],
  'TOGGLE.CREATE_APPROVAL': ['/status'],
  'TOGGLE.UPDATE_APPROVAL': ['/status', '/approvalDate'],
  'TOGGLE.REVOKE_APPROVAL': ['/version', '/status', '/locked', '/lockedTime'],
};

type SummarizedEvent = Pick<
  FormattedEvent,
  'resource' | 'action' | 'operator' | 'keys' | 'dataJson' | 'changes'
>;

/**
 * One readable line: who did what to what, and what is different now. SDK keys are cut even where the webhook takes them whole,
 * since such a line is for chats.
 */
export function summarize(event: SummarizedEvent): string {
  const data: unknown = JSON.parse(event.dataJson);
  const who = oneLine(event.operator, MAX_NAME_LENGTH);
  const changes = changesToTell(event);
  const rest = changes.length - MAX_CHANGES;
  const told = changes.slice(0, MAX_CHANGES).map(readableChange).join(', ');
  const what = told === '' ? '' : `: ${told}${rest > 0 ? ` and ${rest} more` : ''}`;
  const line = `${who} ${deedOf(event, data)} ${nameOf(event, data)}${placeOf(event)}${what}`;
  return oneLine(line, MAX_SUMMARY_LENGTH);
}

function deedOf({ resource, action }: SummarizedEvent, data: unknown): string {
  const name = `${resource}.${action}`;
  const decision = name === 'TOGGLE.UPDATE_APPROVAL' ? DECISIONS[textOf(data, 'status')] : undefined;
  return decision ?? DEEDS[name] ?? name;
}

function nameOf({ resource, keys }: SummarizedEvent, data: unknown): string {
  switch (resource) {
    case 'PROJECT':
      return keys.projectKey ?? '';
    case 'ENVIRONMENT':
      return keys.environmentKey ?? '';
    case 'SEGMENT':
      return keys.segmentKey ?? '';
    case 'TOGGLE':
      return keys.toggleKey ?? '';
    case 'MEMBER': {
      const members: readonly unknown[] = Array.isArray(data) ? data : [data];
      return oneLine(members.map((member) => textOf(member, 'account')).join(', '), MAX_NAME_LENGTH);
    }
    case 'WEBHOOK':
    case 'TOUCHPOINT':
    case 'CAMPAIGN':
      return oneLine(textOf(data, 'name'), MAX_NAME_LENGTH);
  }
}

function placeOf({ resource, keys }: SummarizedEvent): string {
  if (resource === 'PROJECT' || keys.projectKey === undefined) return '';
  const environment = resource === 'TOGGLE' ? keys.environmentKey : undefined;
  return environment === undefined ? ` in ${keys.projectKey}` : ` in ${keys.projectKey} / ${environment}`;
}

/** Whether a toggle is on comes first, since nobody reads to the end. */
function changesToTell({ resource, action, changes = [] }: SummarizedEvent): Change[] {
  const untold = UNTOLD[`${resource}.${action}`] ?? [];
  return maskSdkKeysIn(changes)
    .filter(({ path }) => !untold.includes(path))
    .flatMap(openContent)
    .toSorted((a, b) => Number(isSwitch(b)) - Number(isSwitch(a)));
}

function isSwitch({ path }: Change): boolean {
  return path.endsWith('/disabled');
}

/** Approvals carry targeting content as JSON text: what differs is inside. */
function openContent(change: Change): Change[] {
  const { path, from, to } = change;
  if (!path.endsWith('/content') || typeof from !== 'string' || typeof to !== 'string') return [change];
  try {
    return diff(JSON.parse(from), JSON.parse(to)).map((inner) => ({ ...inner, path: path + inner.path }));
  } catch {
    return [change];
  }
}

function textOf(data: unknown, name: string): string {
  if (typeof data !== 'object' || data === null) return '';
  const value = (data as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}
