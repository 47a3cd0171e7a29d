import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { ProjectEntity } from '../../projects/index.js';
import { TouchpointEntity, TouchpointSpaceEntity } from './touchpoint.entity.js';

/** Which projects touchpoints are authorised for. */
@Injectable()
export class TouchpointSpaceRepository extends RepositoryBase<TouchpointSpaceEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, TouchpointSpaceEntity);
  }

  /** Keys of the projects of each touchpoint, in alphabetical order; those of deleted projects are left out. */
  async keysOf(touchpointIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
    const keys = new Map<number, string[]>(touchpointIds.map((id) => [id, []]));
    if (touchpointIds.length === 0) return keys;
    const rows = await this.reading
      .createQueryBuilder('space')
      .innerJoin(ProjectEntity, 'project', 'project.id = space.projectId')
      .select('space.touchpointId', 'touchpointId')
      .addSelect('project.key', 'projectKey')
      .where('space.touchpointId IN (:...touchpointIds)', { touchpointIds })
      .andWhere('project.archived = :archived', { archived: false })
      .getRawMany<{ touchpointId: number; projectKey: string }>();
    for (const { touchpointId, projectKey } of rows) keys.get(touchpointId)?.push(projectKey);
    for (const list of keys.values()) list.sort();
    return keys;
  }

  async projectIdsOf(touchpointId: number): Promise<number[]> {
    const rows = await this.reading.findBy({ touchpointId });
    return rows.map(({ projectId }) => projectId);
  }

  /** Which of the touchpoints are authorised for the project. */
  async authorised(projectId: number, touchpointIds: readonly number[]): Promise<Set<number>> {
    if (touchpointIds.length === 0) return new Set();
    const rows = await this.reading.findBy({ projectId, touchpointId: In([...touchpointIds]) });
    return new Set(rows.map(({ touchpointId }) => touchpointId));
  }

  async add(touchpointId: number, projectIds: readonly number[]): Promise<void> {
    if (projectIds.length === 0) return;
    await this.writing.insert(projectIds.map((projectId) => ({ touchpointId, projectId })));
  }

  async remove(touchpointId: number, projectIds: readonly number[]): Promise<void> {
    if (projectIds.length === 0) return;
    await this.writing.delete({ touchpointId, projectId: In([...projectIds]) });
  }

  /** Writes that its authorisations were changed, by whom and when. */
  async markModified({ id, modifiedAt, modifiedBy }: TouchpointEntity): Promise<void> {
    await this.manager.update(TouchpointEntity, { id }, { modifiedAt, modifiedBy });
  }
}
