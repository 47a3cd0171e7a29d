import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { invalidField, notFound } from '../../platform/errors/index.js';
import { gidOf, isProblem } from './field-checks.js';
import type { ProfileRow } from './profile-batch.js';
import { ProfileEventRepository } from './profile-event.repository.js';
import { readProfileInput } from './profile-input.js';
import { ProfileWriter } from './profile-writer.js';
import { ProfileDto } from './profile.dto.js';
import { ProfileRepository } from './profile.repository.js';

/** Events that a unit removes: some milliseconds of work. */
const REMOVED_AT_ONCE = 500;

/** Makes, changes and removes single profiles. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: ProfileWriter,
    private readonly profiles: ProfileRepository,
    private readonly events: ProfileEventRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a profile, or changes the one that has this gid or userId.
   * @throws DomainError `invalid_request` that names the field: not valid, or gid and userId are of two profiles
   */
  async put(projectId: number, given: unknown): Promise<ProfileDto> {
    const input = readProfileInput(given);
    if (isProblem(input)) throw invalidField(input.field, input.problem);
    return this.unitOfWork.run(async () => {
      const written = await this.writer.write(projectId, [input], (batch) => batch.apply(input));
      if (isProblem(written)) throw invalidField(written.field, written.problem);
      return ProfileDto.from(written.row);
    });
  }

  /** @throws DomainError `not_found`. */
  async find(projectId: number, gid: string): Promise<ProfileRow> {
    const [row] = await this.profiles.byGids(projectId, [gidOf(gid) ?? 0]);
    if (!row) throw notFound('profile', gid);
    return row;
  }

  /**
   * Removes a profile and what its user did, the profile last: one that was interrupted can be repeated. Answers what it was.
   * @throws DomainError `not_found`.
   */
  async remove(projectId: number, given: string): Promise<ProfileDto> {
    const { gid } = await this.find(projectId, given);
    for (;;) {
      const removed = await this.unitOfWork.run(async () => {
        await this.profiles.lock(projectId);
        const row = await this.find(projectId, given);
        if (await this.events.removeSome(projectId, gid, REMOVED_AT_ONCE)) return undefined;
        await this.events.removeCounts(projectId, gid);
        await this.profiles.remove(projectId, gid);
        return ProfileDto.from(row);
      });
      if (removed) return removed;
      await this.clock.breathe();
    }
  }
}
