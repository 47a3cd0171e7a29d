import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { ProjectService } from '../../projects/index.js';
import { inUse } from './holders.js';
import { TouchpointEvents } from './touchpoint-events.js';
import { TouchpointRecords, type TouchpointState } from './touchpoint-records.js';
import { TouchpointSpaceRepository } from './touchpoint-space.repository.js';
import { TouchpointUsage } from './touchpoint-usage.js';

/** Authorises touchpoints for projects, and takes that back. */
@Injectable()
export class TouchpointSpaces {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly spaces: TouchpointSpaceRepository,
    private readonly projects: ProjectService,
    private readonly records: TouchpointRecords,
    private readonly usage: TouchpointUsage,
    private readonly events: TouchpointEvents,
  ) {}

  /**
   * Authorises it for these projects and no others, whatever its status. Of no effect where that is so already.
   * @throws DomainError `not_found` for a touchpoint or a project; `touchpoint_in_use` where campaigns of a project that would lose it
   * hold it
   */
  async authorise(
    organizationId: number,
    id: number,
    projectKeys: readonly string[],
  ): Promise<TouchpointState> {
    return this.unitOfWork.run(async () => {
      const before = await this.records.lock(organizationId, id);
      const wanted = new Set(await this.#projectIds(organizationId, projectKeys));
      const present = new Set(await this.spaces.projectIdsOf(id));
      const added = [...wanted].filter((projectId) => !present.has(projectId));
      const removed = [...present].filter((projectId) => !wanted.has(projectId));
      if (added.length + removed.length === 0) return before;
      if (removed.length > 0) await this.#demandUnusedIn(id, removed);
      await this.spaces.remove(id, removed);
      await this.spaces.add(id, added);
      const touchpoint = this.records.changed(before, {});
      await this.spaces.markModified(touchpoint);
      const state = await this.records.stateOf(touchpoint);
      await this.events.record('UPDATE', state, before);
      return state;
    });
  }

  async #projectIds(organizationId: number, projectKeys: readonly string[]): Promise<number[]> {
    const ids: number[] = [];
    for (const key of new Set(projectKeys)) {
      const project = await this.projects.findLive(organizationId, key);
      await this.projects.keepLive(project);
      ids.push(project.id);
    }
    return ids;
  }

  async #demandUnusedIn(id: number, projectIds: readonly number[]): Promise<void> {
    const holders = await this.usage.holdersIn(id, projectIds);
    if (holders.length > 0) throw inUse(holders);
  }
}
