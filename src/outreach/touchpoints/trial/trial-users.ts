import { invalidField } from '../../../platform/errors/index.js';
import type { AttributeValue, Profile } from '../../profiles/profile.js';
import type { Touchpoint } from '../touchpoint.js';

type Given = Readonly<Record<string, unknown>>;

/**
 * The users of a test send, made from what was filled in by hand: a value stands under the name of its attribute, or of the parameter
 * that it becomes. What no parameter takes is an attribute too, for placeholders. A user without a `gid` gets the lowest that is free.
 * @throws DomainError `field_invalid`
 */
export function trialUsers(touchpoint: Touchpoint, users: readonly Given[]): Profile[] {
  const { batchSize, userAttributes } = touchpoint.config;
  if (users.length > batchSize) {
    throw invalidField('users', {
      en: `must be at most ${batchSize}, the batch size of this touchpoint`,
      zh: `最多 ${batchSize} 个，即该触点的批次大小`,
    });
  }
  if (users.length === 0 && touchpoint.kind === 'TOUCHPOINT')
    throw invalidField('users', { en: 'must have at least 1 entry', zh: '至少 1 项' });
  const taken = new Set<number>();
  const read = users.map((user, index) => {
    const values = new Map(Object.entries(user));
    for (const { attribute, name } of userAttributes) {
      const value = values.get(attribute) ?? values.get(name);
      if (value !== undefined) values.set(attribute, value);
    }
    return { values, gid: gidOf(values.get('gid'), index, taken) };
  });
  let free = 0;
  return read.map(({ values, gid }, index) => {
    while (gid === undefined && (free === 0 || taken.has(free))) free += 1;
    const own = gid ?? free;
    taken.add(own);
    return profileOf(values, own, index);
  });
}

function profileOf(values: ReadonlyMap<string, unknown>, gid: number, index: number): Profile {
  const given = [...values].filter(
    ([name, value]) => name !== 'gid' && value !== null && value !== undefined,
  );
  const attributes = Object.fromEntries(
    given.map(([name, value]) => [name, plain(value, `users[${index}].${name}`)]),
  );
  const { userId, ...others } = attributes;
  return {
    gid,
    ...(userId !== undefined && userId !== '' && { userId: String(userId) }),
    attributes: others,
  };
}

function gidOf(value: unknown, index: number, taken: Set<number>): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const gid = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const field = `users[${index}].gid`;
  if (typeof gid !== 'number' || !Number.isSafeInteger(gid) || gid < 1)
    throw invalidField(field, { en: 'must be a whole number from 1', zh: '必须是从 1 开始的整数' });
  if (taken.has(gid)) throw invalidField(field, { en: `${gid} is there twice`, zh: `${gid} 重复` });
  taken.add(gid);
  return gid;
}

function plain(value: unknown, field: string): AttributeValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalidField(field, {
    en: 'must be text, a number, true or false',
    zh: '必须是文本、数字、true 或 false',
  });
}
