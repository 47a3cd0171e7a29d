import { compileSegment, type PublishedCondition, type PublishedRule } from '../../evaluation/index.js';
import type { AudienceTest } from './audience.js';
import { instantOf } from './instants.js';
import type { AttributeValue, Profile } from './profile.js';

/** How the text of a subject is read from a profile; undefined where the profile has none. */
type Reader = (profile: Profile) => string | undefined;

/**
 * What datetime conditions look at is kept under a name that no attribute can have, so that other conditions on the same subject see it
 * as it is.
 */
const DATETIME = '\u0000datetime ';

const MS_PER_SECOND = 1000;

/** Reads a segment's rules once, for asking about many profiles. Attributes are compared as text; dates become unix seconds. */
export function compileAudience(rules: readonly PublishedRule[]): AudienceTest {
  const readers = new Map<string, Reader>();
  const renamed = rules.map(({ conditions }) => ({
    conditions: conditions.map((condition) => withReader(condition, readers)),
  }));
  const test = compileSegment(renamed);
  const subjects = [...readers];
  return (profile) => {
    const attrs: Record<string, string> = {};
    for (const [subject, read] of subjects) {
      const text = read(profile);
      if (text !== undefined) attrs[subject] = text;
    }
    return test({ key: profile.userId ?? String(profile.gid), attrs });
  };
}

/** The condition, with its subject among those that are read. */
function withReader(condition: PublishedCondition, readers: Map<string, Reader>): PublishedCondition {
  const { subject, type } = condition;
  if (subject === undefined) return condition;
  const read = readerOf(subject);
  if (type !== 'datetime') {
    readers.set(subject, read);
    return condition;
  }
  readers.set(DATETIME + subject, (profile) => unixSeconds(read(profile)));
  return { ...condition, subject: DATETIME + subject };
}

function readerOf(subject: string): Reader {
  if (subject === 'gid') return ({ gid }) => String(gid);
  if (subject === 'userId') return ({ userId }) => userId;
  return ({ attributes }) => textOf(Object.hasOwn(attributes, subject) ? attributes[subject] : undefined);
}

function textOf(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : String(value);
}

/** What is no date stays as it is: digits are unix seconds already. */
function unixSeconds(text: string | undefined): string | undefined {
  const instant = text === undefined ? undefined : instantOf(text);
  return instant === undefined ? text : String(Math.floor(instant / MS_PER_SECOND));
}
