import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { Clock } from '../platform/clock/clock.js';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { EventTrackerEntity } from './event-tracker.entity.js';
import type { TrackedEventsDto } from './event-tracker.dto.js';

/** For how long SDKs report every evaluation once that is switched on. */
const DEBUG_MS = 30 * 60 * 1000;

/** Lets the SDKs of an environment report each evaluation by itself for a while, for someone who watches. */
@Injectable()
export class EventTracker extends RepositoryBase<EventTrackerEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly environments: EnvironmentService,
    private readonly clock: Clock,
  ) {
    super(unitOfWork, EventTrackerEntity);
  }

  /** Whether reporting is on, and what came in: nothing, as long as Flagpost takes no reports. @throws DomainError `not_found`. */
  async read(project: ProjectRef, environmentKey: string): Promise<TrackedEventsDto> {
    const environment = await this.environments.findLive(project, environmentKey);
    const debugUntilTime = await this.debugUntil(environment.id);
    return {
      projectKey: project.key,
      environmentKey: environment.key,
      debuggerEnabled: debugUntilTime > 0,
      debugUntilTime,
      events: [],
    };
  }

  /** Switches reporting on for half an hour from now, or off, and tells the SDKs. @throws DomainError `not_found`. */
  async switch(project: ProjectRef, environmentKey: string, enabled: boolean): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { id } = await this.environments.lockLive(project, environmentKey);
      const debugUntil = enabled ? this.clock.now() + DEBUG_MS : 0;
      await this.save(Object.assign(new EventTrackerEntity(), { environmentId: id, debugUntil }));
      await this.environments.bumpVersion(id);
    });
  }

  /** Until when the environment's SDKs report, epoch milliseconds; 0 when they don't, or not any more. */
  async debugUntil(environmentId: number): Promise<number> {
    const tracker = await this.reading.findOneBy({ environmentId });
    return tracker && tracker.debugUntil > this.clock.now() ? tracker.debugUntil : 0;
  }
}
