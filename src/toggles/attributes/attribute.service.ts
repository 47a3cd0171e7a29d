import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { isUniqueViolation, UnitOfWork } from '../../platform/database/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import type { AttributeDto } from './attribute.dto.js';
import { AttributeRepository } from './attribute.repository.js';

/** Keeps the user attributes that a project's rules are meant to use. */
@Injectable()
export class AttributeService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly attributes: AttributeRepository,
    private readonly stamps: AuditStamps,
  ) {}

  /** Oldest first, each once. */
  async list(project: ProjectRef): Promise<string[]> {
    return (await this.attributes.list(project.id)).map(({ key }) => key);
  }

  /** Makes an attribute, or answers the one that there is, written as it is. */
  async create(project: ProjectRef, { key }: AttributeDto): Promise<AttributeDto> {
    return this.unitOfWork.run(async () => {
      const present = await this.attributes.find(project.id, key);
      if (present) return { key: present.key };
      const { createdAt, createdBy } = this.stamps.created();
      const { organizationId, id: projectId } = project;
      try {
        await this.attributes.insert({ organizationId, projectId, key, createdAt, createdBy });
      } catch (error) {
        // Somebody else made it at this moment, and was asked for the same.
        const made = isUniqueViolation(error) ? await this.attributes.find(projectId, key) : null;
        if (!made) throw error;
        return { key: made.key };
      }
      return { key };
    });
  }
}
