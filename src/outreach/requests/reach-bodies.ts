import type { AttributeValue, Profile } from '../profiles/profile.js';
import type { TemplateValue, UserAttribute } from '../touchpoints/touchpoint-config.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { orderNoOf } from './order-no.js';
import type { TextParts } from './template-text.js';
import { prepareValues, type PreparedValue } from './template-values.js';

/** `eventName` of messages that reach users, and of those that ask for receipts. */
export const REACH_EVENT = 'OUTREACH.REACH';
export const RECEIPT_EVENT = 'OUTREACH.RECEIPT';

/**
 * Makes a request's body as it is stored: all but what depends on the moment of sending (time and signature), which
 * `ReachEndpoint.messageAt` adds at each try.
 * @param orderId UUID; its 32 hexadecimal digits are the `orderNo`
 */
export type BodyMaker = (users: readonly Profile[], orderId: string) => string;

/** A member of a JSON object that depends on the user: its value as JSON, or undefined where the member is left out. */
interface Member {
  readonly name: string;
  readonly jsonFor: (user: Profile) => string | undefined;
}

/**
 * Compiled once for a campaign and a touchpoint: making a body is quick enough for tens of thousands of users a second. Values must have
 * been checked (`checkTemplateValues`).
 *
 * Where two members of an object have the same name, the later one is sent; a filled-in text counts as later than an attribute.
 * @throws Error for a value that is not of its type
 */
export function compileBodies(
  touchpoint: Touchpoint,
  values: Readonly<Record<string, TemplateValue>>,
): BodyMaker {
  const { userAttributes, templateParams } = touchpoint.config;
  const prepared = prepareValues(templateParams, values);
  const attributes = userAttributes.map(attributeMember);
  return touchpoint.kind === 'CHANNEL'
    ? channelBodies(touchpoint.name, prepared, attributes)
    : touchpointBodies(prepared, attributes);
}

/** The body that asks for the receipts of a request, as it is stored. */
export function receiptBody(orderId: string): string {
  return `{"orderNo":"${orderNoOf(orderId)}"}`;
}

/** A user's value, of whatever type the profile has; undefined where there is none, or an empty text. */
function valueOf(user: Profile, attribute: string): AttributeValue | undefined {
  if (attribute === 'gid') return user.gid;
  // Types are looked at, as plain objects answer for names such as `constructor`.
  const value: unknown = attribute === 'userId' ? user.userId : user.attributes[attribute];
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

/**
 * ```
 * {"orderNo":"…","dataList":[{"gid":1,"temData":{…},"dynamicData":{…}},…]}
 * ```
 */
function touchpointBodies(prepared: readonly PreparedValue[], attributes: readonly Member[]): BodyMaker {
  const temData = objectMaker(prepared.map(filledMember), prepared.every(isFixed));
  const dynamicData = objectMaker(attributes);
  return (users, orderId) => {
    let list = '';
    for (const user of users) {
      if (list !== '') list += ',';
      list += `{"gid":${user.gid},"temData":${temData(user)},"dynamicData":${dynamicData(user)}}`;
    }
    return `{"orderNo":"${orderNoOf(orderId)}","dataList":[${list}]}`;
  };
}

/**
 * Texts with placeholders stay as they were written in `templateParam`; filled in they are among each user's attributes.
 *
 * ```
 * {"name":"…","templateParam":{…},"userAttr":[{…},…]}
 * ```
 */
function channelBodies(
  name: string,
  prepared: readonly PreparedValue[],
  attributes: readonly Member[],
): BodyMaker {
  const asWritten = prepared.map((value): Member => ({ name: value.name, jsonFor: () => value.json }));
  const templateParam = objectMaker(asWritten, true)(NOBODY);
  const head = `{"name":${JSON.stringify(name)},"templateParam":${templateParam},"userAttr":[`;
  const filled = prepared.filter((value) => !isFixed(value)).map(filledMember);
  const userAttr = objectMaker([...attributes, ...filled]);
  return (users) => {
    let list = '';
    let found = false;
    for (const user of users) {
      const json = userAttr(user);
      found ||= json !== '{}';
      list += list === '' ? json : `,${json}`;
    }
    return `${head}${found ? list : ''}]}`;
  };
}

const NOBODY: Profile = { gid: 0, attributes: {} };

/** @param isFixed the same for everyone, so that it is made once */
function objectMaker(members: readonly Member[], isFixed = false): (user: Profile) => string {
  const last = new Map(members.map((member) => [member.name, member]));
  const keyed = [...last.values()].map(({ name, jsonFor }) => ({ key: `${JSON.stringify(name)}:`, jsonFor }));
  const make = (user: Profile): string => {
    let inside = '';
    for (const { key, jsonFor } of keyed) {
      const json = jsonFor(user);
      if (json !== undefined) inside += inside === '' ? key + json : `,${key}${json}`;
    }
    return `{${inside}}`;
  };
  if (!isFixed) return make;
  const made = make(NOBODY);
  return () => made;
}

function attributeMember({ attribute, name, defaultValue }: UserAttribute): Member {
  const fallback =
    defaultValue === undefined || defaultValue === '' ? undefined : JSON.stringify(defaultValue);
  return {
    name,
    jsonFor: (user) => {
      const value = valueOf(user, attribute);
      return value === undefined ? fallback : JSON.stringify(value);
    },
  };
}

function isFixed(value: PreparedValue): boolean {
  return value.parts === undefined;
}

function filledMember({ name, json, parts }: PreparedValue): Member {
  return { name, jsonFor: parts ? textFiller(parts) : () => json };
}

/** What stands still is escaped once. */
function textFiller(parts: TextParts): (user: Profile) => string {
  const escaped = parts.map((part) =>
    typeof part === 'string'
      ? insideOf(part)
      : { attribute: part.attribute, fallback: insideOf(part.fallback) },
  );
  return (user) => {
    let text = '"';
    for (const part of escaped) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      const value = valueOf(user, part.attribute);
      if (value === undefined) text += part.fallback;
      else text += typeof value === 'string' ? insideOf(value) : String(value);
    }
    return `${text}"`;
  };
}

/** A text as it stands between the quotes of a JSON string. */
function insideOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
