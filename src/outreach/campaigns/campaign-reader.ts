import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { notFound } from '../../platform/errors/index.js';
import { type Page, pageOf } from '../../platform/http/index.js';
import { CampaignDto, type CampaignQuery } from './campaign.dto.js';
import { CampaignRepository } from './campaign.repository.js';

/** Answers what is asked about campaigns. */
@Injectable()
export class CampaignReader {
  constructor(private readonly campaigns: CampaignRepository) {}

  /** The newest first. */
  async list(project: ProjectRef, query: CampaignQuery): Promise<Page<CampaignDto>> {
    const [found, total] = await this.campaigns.list(project.id, query);
    return pageOf(
      found.map((campaign) => CampaignDto.from(campaign, project.key)),
      total,
      query,
    );
  }

  /** @throws DomainError `not_found` */
  async get(project: ProjectRef, id: number): Promise<CampaignDto> {
    const found = await this.campaigns.find(project, id);
    if (!found) throw notFound('campaign', id);
    return CampaignDto.from(found, project.key);
  }
}
