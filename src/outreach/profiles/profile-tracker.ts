import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { type FieldProblem, invalidField } from '../../platform/errors/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import { at, type EventInput } from './event-input.js';
import { isProblem, problem } from './field-checks.js';
import type { ProfileBatch, ProfileRow } from './profile-batch.js';
import { type EventCount, ProfileEventRepository } from './profile-event.repository.js';
import { ProfileWriter } from './profile-writer.js';
import { profileOf } from './profile.repository.js';
import { type TrackedEvent, TrackedEventsListener } from './tracked-events.js';

/** An event and the row of its profile. */
interface Placed {
  readonly row: ProfileRow;
  readonly event: EventInput & { readonly time: number };
}

/** Keeps what users did, counts it, and tells who waits for it: in one unit of work, all or nothing. */
@Injectable()
export class ProfileTracker {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: ProfileWriter,
    private readonly events: ProfileEventRepository,
    private readonly listener: TrackedEventsListener,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Takes events in their order. A userId that nobody has makes a profile.
   * @throws DomainError `invalid_request` that names the event: no profile has its gid, or the gid and userId are not of one profile
   */
  async track(projectId: number, events: readonly EventInput[]): Promise<void> {
    if (events.length === 0) return;
    await this.unitOfWork.run(async () => {
      const placed = await this.writer.write(projectId, events, (batch) => this.#place(batch, events));
      await this.events.insert(
        projectId,
        placed.map(({ row: { gid }, event: { name, time, value, attributes } }) => ({
          id: this.ids.uuid(),
          gid,
          name,
          time,
          value,
          attributes,
        })),
      );
      await this.#count(projectId, placed);
      await this.listener.tracked(projectId, placed.map(trackedOf));
    });
  }

  #place(batch: ProfileBatch, events: readonly EventInput[]): Placed[] {
    const now = this.clock.now();
    return events.map((event, index) => {
      const row = ownerOf(batch, event);
      if (isProblem(row)) {
        const { field, problem: what } = at(index, row);
        throw invalidField(field, what);
      }
      return { row, event: { ...event, time: event.time ?? now } };
    });
  }

  async #count(projectId: number, placed: readonly Placed[]): Promise<void> {
    const gids = [...new Set(placed.map(({ row }) => row.gid))];
    const before = await this.events.counts(projectId, gids);
    const counts = new Map(before.map((count) => [keyOf(count), count]));
    const raised = new Map<string, EventCount>();
    for (const { row, event } of placed) {
      const key = keyOf({ gid: row.gid, name: event.name });
      const known = raised.get(key) ?? counts.get(key);
      raised.set(key, {
        gid: row.gid,
        name: event.name,
        count: (known?.count ?? 0) + 1,
        lastAt: Math.max(known?.lastAt ?? 0, event.time),
      });
    }
    await this.events.writeCounts(projectId, [...raised.values()]);
  }
}

function ownerOf(batch: ProfileBatch, { gid, userId }: EventInput): ProfileRow | FieldProblem {
  const known = gid === undefined ? undefined : batch.get(gid);
  if (gid !== undefined && !known) return problem('gid', 'is of no profile', '没有对应的用户');
  if (known && userId !== undefined && known.userId !== userId)
    return problem('userId', 'is not that of the gid', '与 gid 不是同一用户');
  if (known) return known;
  const made = batch.apply({ userId, attributes: {}, removed: [] });
  return isProblem(made) ? made : made.row;
}

function trackedOf({ row, event: { name, time, value, attributes } }: Placed): TrackedEvent {
  return {
    profile: profileOf(row),
    name,
    time,
    ...(value !== undefined && { value: JSON.parse(value) as unknown }),
    ...(attributes !== undefined && { attributes: JSON.parse(attributes) as Record<string, unknown> }),
  };
}

function keyOf({ gid, name }: Pick<EventCount, 'gid' | 'name'>): string {
  return `${gid} ${name}`;
}
