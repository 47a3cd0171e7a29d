import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { ProjectRef } from '../access/index.js';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { notFound } from '../platform/errors/index.js';
import type { SegmentRule } from '../targeting-rules/index.js';
import { SegmentEntity, TargetingSegmentEntity } from './segment.entity.js';
import { SegmentRepository } from './segment.repository.js';

/** Values in one statement; databases limit how many there may be. */
const CHUNK = 500;

/** A targeting, and the one whose references it takes over. */
export interface ReferenceCopy {
  readonly from: number;
  readonly to: number;
}

/** Which targetings refer to which segments: a segment that is referred to can't be deleted. */
@Injectable()
export class SegmentReferences extends RepositoryBase<TargetingSegmentEntity> {
  constructor(
    unitOfWork: UnitOfWork,
    private readonly segments: SegmentRepository,
  ) {
    super(unitOfWork, TargetingSegmentEntity);
  }

  /**
   * The ids of the segments of these keys, which can't be deleted until the unit ends. Keys have to be written as the segment
   * has them: SDKs compare them exactly.
   * @throws DomainError `not_found` naming the first key there is no segment of.
   */
  async resolve(project: ProjectRef, keys: readonly string[]): Promise<number[]> {
    const ids: number[] = [];
    for (let start = 0; start < keys.length; start += CHUNK) {
      const wanted = keys.slice(start, start + CHUNK);
      const found = await this.segments.lockAll(project.id, wanted);
      const idByKey = new Map(found.map(({ id, key }) => [key, id]));
      for (const key of wanted) {
        const id = idByKey.get(key);
        if (id === undefined) throw notFound('segment', key);
        ids.push(id);
      }
    }
    return ids;
  }

  /** Makes these the segments that a targeting refers to. */
  async replace(targetingId: number, segmentIds: readonly number[]): Promise<void> {
    await this.writing.delete({ targetingId });
    await this.#insert(segmentIds.map((segmentId) => ({ targetingId, segmentId })));
  }

  /** Gives targetings that have no references yet those of others. */
  async copy(copies: readonly ReferenceCopy[]): Promise<void> {
    for (let start = 0; start < copies.length; start += CHUNK) {
      const targetOf = new Map(copies.slice(start, start + CHUNK).map(({ from, to }) => [from, to]));
      const rows = await this.reading.findBy({ targetingId: In([...targetOf.keys()]) });
      await this.#insert(
        rows.flatMap(({ targetingId, segmentId }) => {
          const target = targetOf.get(targetingId);
          return target === undefined ? [] : [{ targetingId: target, segmentId }];
        }),
      );
    }
  }

  /** Whether any targeting refers to the segment, in archived environments and of archived toggles too. */
  async isUsed(segmentId: number): Promise<boolean> {
    return this.reading.existsBy({ segmentId });
  }

  /** The rules of each segment that a targeting refers to, oldest segment first. */
  async rulesOf(targetingId: number): Promise<SegmentRule[][]> {
    const rows = await this.reading
      .createQueryBuilder('reference')
      .innerJoin(SegmentEntity, 'segment', 'segment.id = reference.segmentId')
      .select('segment.rules', 'rules')
      .where('reference.targetingId = :targetingId', { targetingId })
      .orderBy('segment.id', 'ASC')
      .getRawMany<{ rules: string }>();
    return rows.map(({ rules }) => JSON.parse(rules) as SegmentRule[]);
  }

  async #insert(rows: TargetingSegmentEntity[]): Promise<void> {
    for (let start = 0; start < rows.length; start += CHUNK) {
      await this.writing.insert(rows.slice(start, start + CHUNK));
    }
  }
}
