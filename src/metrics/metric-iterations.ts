import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { IsNull } from 'typeorm';
import { EnvironmentEntity } from '../environments/index.js';
import { EVENT_RECORDED, type DomainEvent } from '../events/index.js';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { ProjectEntity } from '../projects/index.js';
import { TargetingEntity, TargetingVersionEntity, ToggleEntity } from '../toggles/index.js';
import type { IterationDto } from './metric-answers.dto.js';
import { MetricIterationEntity } from './metric-iteration.entity.js';

type PublishedVersion = Pick<TargetingVersionEntity, 'version' | 'comment' | 'createdAt'>;

/** Keeps when the access events of a toggle were collected, by listening to what is published of it. */
@Injectable()
export class MetricIterations extends RepositoryBase<MetricIterationEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MetricIterationEntity);
  }

  /** Inside the unit of the publishing; few of them switch the collecting, and the others cost nothing here. */
  @OnEvent(EVENT_RECORDED, { suppressErrors: false })
  async follow(event: DomainEvent): Promise<void> {
    if (event.name !== 'TOGGLE.PUBLISH') return;
    const change = event.changes?.find(({ path }) => path === '/trackAccessEvents');
    if (!change) return;
    const targetingId = await this.#targetingOf(event);
    if (targetingId === undefined) return;
    // The instant the targeting itself carries, so that a version published along with the switch is on the right side of it.
    const { modifiedTime: at } = JSON.parse(event.dataJson) as { modifiedTime: number };
    // Whatever was under way ends here: one that begins anew is a new iteration.
    await this.writing.update({ targetingId, stoppedAt: IsNull() }, { stoppedAt: at });
    if (change.to !== true) return;
    const { organizationId } = event;
    await this.writing.insert({ organizationId, targetingId, startedAt: at, stoppedAt: null });
  }

  /** Newest first, each with the versions that were published in it. */
  async list(targetingId: number): Promise<IterationDto[]> {
    const iterations = await this.reading.find({
      where: { targetingId },
      order: { startedAt: 'DESC', id: 'DESC' },
    });
    if (iterations.length === 0) return [];
    const versions = await this.unitOfWork.reader.getRepository(TargetingVersionEntity).find({
      select: { version: true, comment: true, createdAt: true },
      where: { targetingId },
      order: { version: 'DESC' },
    });
    return iterations.map((iteration) => describe(iteration, versions));
  }

  async #targetingOf({ organizationId, keys }: DomainEvent): Promise<number | undefined> {
    const found = await this.manager
      .getRepository(TargetingEntity)
      .createQueryBuilder('targeting')
      .select('targeting.id')
      .innerJoin(ToggleEntity, 'toggle', 'toggle.id = targeting.toggleId')
      .innerJoin(EnvironmentEntity, 'environment', 'environment.id = targeting.environmentId')
      .innerJoin(ProjectEntity, 'project', 'project.id = targeting.projectId')
      .where('project.organizationId = :organizationId AND project.key = :projectKey')
      .andWhere('environment.key = :environmentKey AND toggle.key = :toggleKey')
      .setParameters({ organizationId, ...keys })
      .getOne();
    return found?.id;
  }
}

function describe(
  { startedAt, stoppedAt }: MetricIterationEntity,
  versions: readonly PublishedVersion[],
): IterationDto {
  const end = stoppedAt ?? Number.POSITIVE_INFINITY;
  return {
    start: new Date(startedAt),
    stop: stoppedAt === null ? undefined : new Date(stoppedAt),
    records: versions
      .filter(({ createdAt }) => createdAt >= startedAt && createdAt < end)
      .map(({ version, comment, createdAt }) => ({
        publishTime: new Date(createdAt),
        version,
        releaseNote: comment ?? undefined,
      })),
  };
}
