import type { FieldProblem } from '../../platform/errors/index.js';
import { isPlainObject } from '../../platform/http/index.js';
import { isProblem, nameProblem, problem, readGid, readUserId } from './field-checks.js';
import {
  MAX_ATTRIBUTES,
  MAX_ATTRIBUTES_LENGTH,
  MAX_NAME_LENGTH,
  MAX_VALUE_LENGTH,
} from './profile-limits.js';
import type { Attributes, AttributeValue } from './profile.js';

/** What somebody says about a profile, checked as far as it can be without knowing the profile. */
export interface ProfileInput {
  readonly gid?: number;
  readonly userId?: string;
  /** Those that are set. */
  readonly attributes: Attributes;
  /** Names of those that are taken away. */
  readonly removed: readonly string[];
}

/** The first two mean something else to conditions and templates; the others are taken out of bodies of JSON, whoever sends them. */
const RESERVED = new Set(['gid', 'userId', '__proto__', 'constructor', 'prototype']);

/** Half of a surrogate pair, which is no character. */
const LONE_SURROGATE = /\p{Cs}/u;

const NONE: readonly string[] = [];

/** A profile may not have so many. */
export const TOO_MANY_ATTRIBUTES = problem(
  'attributes',
  `must have at most ${MAX_ATTRIBUTES} entries`,
  `最多 ${MAX_ATTRIBUTES} 项`,
);

/** Nor may they be so long in all. */
export const ATTRIBUTES_TOO_LONG = problem(
  'attributes',
  `must have at most ${MAX_ATTRIBUTES_LENGTH} characters as JSON`,
  `以 JSON 表示时最多 ${MAX_ATTRIBUTES_LENGTH} 个字符`,
);

/** Reads `{gid?, userId?, attributes?}`; what is null is not given, and other members mean nothing. */
export function readProfileInput(value: unknown): ProfileInput | FieldProblem {
  if (!isPlainObject(value)) return problem('profile', 'must be an object', '必须是对象');
  const gid = readGid(value['gid']);
  if (typeof gid === 'object') return gid;
  const userId = readUserId(value['userId']);
  if (typeof userId === 'object') return userId;
  const attributes = readAttributes(value['attributes']);
  return isProblem(attributes) ? attributes : { gid, userId, ...attributes };
}

type AttributesInput = Pick<ProfileInput, 'attributes' | 'removed'>;

function readAttributes(value: unknown): AttributesInput | FieldProblem {
  if (value === undefined || value === null) return { attributes: {}, removed: NONE };
  if (!isPlainObject(value)) return problem('attributes', 'must be an object', '必须是对象');
  const attributes: Record<string, AttributeValue> = {};
  const removed: string[] = [];
  let length = 0;
  for (const name of Object.keys(value)) {
    const given = value[name];
    const wrong = attributeNameProblem(name) ?? valueProblem(name, given);
    if (wrong) return wrong;
    if (given === null) removed.push(name);
    else attributes[name] = given as AttributeValue;
    length += name.length + (typeof given === 'string' ? given.length : 0);
  }
  if (Object.keys(attributes).length > MAX_ATTRIBUTES) return TOO_MANY_ATTRIBUTES;
  if (length > MAX_ATTRIBUTES_LENGTH) return ATTRIBUTES_TOO_LONG;
  return { attributes, removed };
}

/** What is wrong with an attribute's name; undefined where nothing is. */
export function attributeNameProblem(name: string): FieldProblem | undefined {
  const field = fieldOf(name);
  if (RESERVED.has(name)) return problem(field, 'is not a name for an attribute', '不能用作属性名');
  return nameProblem(field, name, MAX_NAME_LENGTH);
}

/** Undefined for what an attribute can be, and for null. */
function valueProblem(name: string, value: unknown): FieldProblem | undefined {
  if (typeof value === 'string') return textProblem(name, value);
  if (typeof value === 'boolean' || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return undefined;
  return problem(
    fieldOf(name),
    'must be text, a number, true, false or null',
    '必须是文本、数字、true、false 或 null',
  );
}

function textProblem(name: string, text: string): FieldProblem | undefined {
  if (text.length > MAX_VALUE_LENGTH)
    return problem(
      fieldOf(name),
      `must have at most ${MAX_VALUE_LENGTH} characters`,
      `最多 ${MAX_VALUE_LENGTH} 个字符`,
    );
  return LONE_SURROGATE.test(text)
    ? problem(fieldOf(name), 'must be valid Unicode', '必须是合法的 Unicode')
    : undefined;
}

/** Long names are cut: a message has to stay readable. */
function fieldOf(name: string): string {
  return `attributes.${name.slice(0, MAX_NAME_LENGTH)}`;
}
