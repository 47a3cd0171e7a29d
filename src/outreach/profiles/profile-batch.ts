import type { FieldProblem } from '../../platform/errors/index.js';
import { problem } from './field-checks.js';
import { ATTRIBUTES_TOO_LONG, type ProfileInput, TOO_MANY_ATTRIBUTES } from './profile-input.js';
import { GIDS_END, MAX_ATTRIBUTES, MAX_ATTRIBUTES_LENGTH } from './profile-limits.js';
import type { Attributes } from './profile.js';

/** A profile as its row has it; only attributes that are looked at are parsed. */
export interface ProfileRow {
  readonly gid: number;
  readonly userId: string | null;
  /** A JSON object. */
  readonly attributes: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** What became of an input. */
export interface Written {
  readonly row: ProfileRow;
  readonly isNew: boolean;
}

/**
 * Works out what a list of inputs makes of the profiles there are, one after the other: a later one finds what an earlier one made. It
 * knows the profiles that the inputs name, and the next free gid; nothing is written here.
 */
export class ProfileBatch {
  readonly #byGid = new Map<number, ProfileRow>();
  readonly #byUserId = new Map<string, ProfileRow>();
  readonly #changed = new Set<number>();
  #nextGid: number;

  constructor(
    known: Iterable<ProfileRow>,
    nextGid: number,
    /** Epoch milliseconds. */
    private readonly now: number,
  ) {
    this.#nextGid = nextGid;
    for (const row of known) this.#keep(row);
  }

  get nextGid(): number {
    return this.#nextGid;
  }

  /** Rows that are new or other than before, as the last input left them. */
  get changed(): ProfileRow[] {
    return [...this.#changed].flatMap((gid) => this.#byGid.get(gid) ?? []);
  }

  /** The profile of this gid, as it is by now. */
  get(gid: number): ProfileRow | undefined {
    return this.#byGid.get(gid);
  }

  /** Makes or changes a profile. An input that can't be taken changes nothing. */
  apply(input: ProfileInput): Written | FieldProblem {
    const found = this.#find(input);
    if (found && 'problem' in found) return found;
    const attributes = merged(found?.attributes, input);
    if (typeof attributes === 'object') return attributes;
    return found ? this.#change(found, input.userId, attributes) : this.#make(input, attributes);
  }

  #find({ gid, userId }: ProfileInput): ProfileRow | FieldProblem | undefined {
    const ofUser = userId === undefined ? undefined : this.#byUserId.get(userId);
    const ofGid = gid === undefined ? undefined : this.#byGid.get(gid);
    if (gid === undefined || (ofUser && ofUser === ofGid)) return ofUser;
    if (ofUser) return problem('userId', `is of the profile ${ofUser.gid}`, `属于用户 ${ofUser.gid}`);
    if (ofGid && userId !== undefined && ofGid.userId !== null)
      return problem('gid', 'is of a profile with another userId', '属于另一个 userId 的用户');
    return ofGid;
  }

  #change(row: ProfileRow, userId: string | undefined, attributes: string): Written {
    const isSame = row.attributes === attributes && (userId === undefined || userId === row.userId);
    if (isSame) return { row, isNew: false };
    const changed = { ...row, attributes, userId: userId ?? row.userId, modifiedAt: this.now };
    this.#keep(changed);
    this.#changed.add(row.gid);
    return { row: changed, isNew: false };
  }

  #make(input: ProfileInput, attributes: string): Written | FieldProblem {
    const { gid = this.#nextGid, userId = null } = input;
    if (input.gid === undefined && gid >= GIDS_END)
      return problem('gid', 'has to be given: there is no free one left', '必须提供：已没有可用的 gid');
    const row = { gid, userId, attributes, createdAt: this.now, modifiedAt: this.now };
    if (gid >= this.#nextGid && gid < GIDS_END) this.#nextGid = gid + 1;
    this.#keep(row);
    this.#changed.add(gid);
    return { row, isNew: true };
  }

  #keep(row: ProfileRow): void {
    this.#byGid.set(row.gid, row);
    if (row.userId !== null) this.#byUserId.set(row.userId, row);
  }
}

/** The attributes after an input, as JSON; what was there keeps its place. */
function merged(before: string | undefined, { attributes, removed }: ProfileInput): string | FieldProblem {
  const after: Attributes =
    before === undefined
      ? attributes
      : without({ ...(JSON.parse(before) as Attributes), ...attributes }, removed);
  if (Object.keys(after).length > MAX_ATTRIBUTES) return TOO_MANY_ATTRIBUTES;
  const json = JSON.stringify(after);
  return json.length > MAX_ATTRIBUTES_LENGTH ? ATTRIBUTES_TOO_LONG : json;
}

function without(attributes: Record<string, Attributes[string]>, names: readonly string[]): Attributes {
  for (const name of names) delete attributes[name];
  return attributes;
}
