import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { isUniqueViolation, UnitOfWork } from '../../platform/database/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import type { TagDto } from './tag.dto.js';
import { TagRepository } from './tag.repository.js';

/** Keeps the tags that a project's toggles may have. */
@Injectable()
export class TagService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tags: TagRepository,
    private readonly stamps: AuditStamps,
  ) {}

  /** Oldest first. */
  async list(project: ProjectRef): Promise<TagDto[]> {
    return (await this.tags.list(project.id)).map(({ name }) => ({ name }));
  }

  /** Makes a tag, or answers the one that there is, written as it is. */
  async create(project: ProjectRef, { name }: TagDto): Promise<TagDto> {
    return this.unitOfWork.run(async () => {
      const present = await this.tags.find(project.id, name);
      if (present) return { name: present.name };
      const { createdAt, createdBy } = this.stamps.created();
      const { organizationId, id: projectId } = project;
      try {
        await this.tags.insert({ organizationId, projectId, name, createdAt, createdBy });
      } catch (error) {
        // Somebody else made it at this moment, and was asked for the same.
        const made = isUniqueViolation(error) ? await this.tags.find(projectId, name) : null;
        if (!made) throw error;
        return { name: made.name };
      }
      return { name };
    });
  }
}
