import type { FieldProblem } from '../../platform/errors/index.js';
import { eventNameProblem, isProblem, problem, readGid, readUserId } from './field-checks.js';
import { instantOf } from './instants.js';
import { MAX_EVENT_JSON_LENGTH, MAX_EVENTS, MAX_INSTANT } from './profile-limits.js';

/** What somebody says that a user did. `gid`, `userId` or both say who. */
export interface EventInput {
  readonly gid?: number;
  readonly userId?: string;
  readonly name: string;
  /** Epoch milliseconds; absent: now. */
  readonly time?: number;
  /** JSON. */
  readonly value?: string;
  /** A JSON object. */
  readonly attributes?: string;
}

/** What begins so is the platform's to say. */
const RESERVED_PREFIX = '$ma_';

/** Reads a list of `{userId? | gid?, name, time?, value?, attributes?}`, or says what is wrong with the first that can't be taken. */
export function readEvents(value: unknown): EventInput[] | FieldProblem {
  if (!Array.isArray(value)) return problem('body', 'must be a list of events', '必须是事件列表');
  if (value.length > MAX_EVENTS)
    return problem('body', `must have at most ${MAX_EVENTS} entries`, `最多 ${MAX_EVENTS} 项`);
  const events: EventInput[] = [];
  for (const [index, one] of (value as unknown[]).entries()) {
    const event = readEvent(one);
    if (isProblem(event)) return at(index, event);
    events.push(event);
  }
  return events;
}

/** Says of which event of a list a problem is. */
export function at(index: number, { field, problem: what }: FieldProblem): FieldProblem {
  return { field: field === '' ? `[${index}]` : `[${index}].${field}`, problem: what };
}

/** Reads one event; `gid` and `userId` must be of one profile where both are given. */
export function readEvent(value: unknown): EventInput | FieldProblem {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return problem('', 'must be an object', '必须是对象');
  const given = value as Record<string, unknown>;
  const who = readWho(given);
  if (isProblem(who)) return who;
  const name = given['name'];
  const wrongName = eventNameProblem('name', name) ?? reservedProblem(String(name));
  if (wrongName) return wrongName;
  const time = readTime(given['time']);
  if (typeof time === 'object') return time;
  const wrongJson = attributesProblem(given['attributes']) ?? lengthProblem('value', given['value']);
  if (wrongJson) return wrongJson;
  return {
    ...who,
    name: String(name),
    time,
    value: jsonOf(given['value']),
    attributes: jsonOf(given['attributes']),
  };
}

function readWho(given: Record<string, unknown>): Pick<EventInput, 'gid' | 'userId'> | FieldProblem {
  const gid = readGid(given['gid']);
  if (typeof gid === 'object') return gid;
  const userId = readUserId(given['userId']);
  if (typeof userId === 'object') return userId;
  if (gid === undefined && userId === undefined)
    return problem('userId', 'or gid is required', '与 gid 必须提供其一');
  return { gid, userId };
}

function reservedProblem(name: string): FieldProblem | undefined {
  if (!name.startsWith(RESERVED_PREFIX)) return undefined;
  return problem('name', `must not begin with ${RESERVED_PREFIX}`, `不能以 ${RESERVED_PREFIX} 开头`);
}

function readTime(value: unknown): number | FieldProblem | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === 'string' ? instantOf(value) : value;
  if (typeof time === 'number' && time >= 0 && time <= MAX_INSTANT) return Math.floor(time);
  return problem(
    'time',
    'must be an instant in ISO 8601 or epoch milliseconds',
    '必须是 ISO 8601 时间或毫秒时间戳',
  );
}

function attributesProblem(value: unknown): FieldProblem | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    return problem('attributes', 'must be an object', '必须是对象');
  return lengthProblem('attributes', value);
}

function lengthProblem(field: string, value: unknown): FieldProblem | undefined {
  if ((jsonOf(value)?.length ?? 0) <= MAX_EVENT_JSON_LENGTH) return undefined;
  return problem(
    field,
    `must have at most ${MAX_EVENT_JSON_LENGTH} characters as JSON`,
    `以 JSON 表示时最多 ${MAX_EVENT_JSON_LENGTH} 个字符`,
  );
}

function jsonOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}
