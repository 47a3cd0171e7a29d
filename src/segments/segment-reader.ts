import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { alreadyExists, notFound } from '../platform/errors/index.js';
import { type ExistsQuery, type Page, pageOf, type PageQuery } from '../platform/http/index.js';
import { SegmentDto, type SegmentQuery, SegmentVersionDto } from './segment.dto.js';
import type { SegmentEntity } from './segment.entity.js';
import { SegmentRepository } from './segment.repository.js';

/** Answers what is asked about segments. */
@Injectable()
export class SegmentReader {
  constructor(private readonly segments: SegmentRepository) {}

  async list(project: ProjectRef, query: SegmentQuery): Promise<Page<SegmentDto>> {
    const [found, total] = await this.segments.list(project.id, query.keyword, query);
    return pageOf(
      found.map((segment) => SegmentDto.from(segment, project)),
      total,
      query,
    );
  }

  /** @throws DomainError `not_found`. */
  async get(project: ProjectRef, key: string): Promise<SegmentDto> {
    return SegmentDto.from(await this.find(project, key), project);
  }

  /** The segment's history, newest version first. */
  async versions(project: ProjectRef, key: string, page: PageQuery): Promise<Page<SegmentVersionDto>> {
    const segment = await this.find(project, key);
    const [found, total] = await this.segments.listVersions(segment.id, page);
    return pageOf(
      found.map((version) => SegmentVersionDto.from(version, segment, project)),
      total,
      page,
    );
  }

  /** @throws DomainError `conflict` when the key (of a deleted segment too) or name is taken. */
  async refuseTaken(project: ProjectRef, { type, value }: ExistsQuery): Promise<void> {
    const taken =
      type === 'KEY'
        ? await this.segments.hasKey(project.id, value)
        : await this.segments.hasName(project.id, value);
    if (taken) throw alreadyExists();
  }

  /** @throws DomainError `not_found`. */
  async find(project: Pick<ProjectRef, 'id'>, key: string): Promise<SegmentEntity> {
    const segment = await this.segments.find(project.id, key);
    if (!segment) throw notFound('segment', key);
    return segment;
  }
}
