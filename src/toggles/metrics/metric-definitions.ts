import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { TargetingEntity } from '../targeting/targeting.entity.js';
import { MetricEntity } from './metric.entity.js';

/**
 * The metrics of toggles: at most one per targeting. What users do with them is in `src/metrics`; they are kept here because the
 * targeting itself says whether it has one.
 */
@Injectable()
export class MetricDefinitions extends RepositoryBase<MetricEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MetricEntity);
  }

  /** Whether the targeting has a metric, without which collecting access events is of no use. */
  async exists(targetingId: number): Promise<boolean> {
    return this.reading.existsBy({ targetingId });
  }

  async find(targetingId: number): Promise<MetricEntity | null> {
    return this.reading.findOneBy({ targetingId });
  }

  /** Those of all targetings of an environment. */
  async listIn(environmentId: number): Promise<MetricEntity[]> {
    return this.reading
      .createQueryBuilder('metric')
      .innerJoin(TargetingEntity, 'targeting', 'targeting.id = metric.targetingId')
      .where('targeting.environmentId = :environmentId', { environmentId })
      .orderBy('metric.id', 'ASC')
      .getMany();
  }
}
