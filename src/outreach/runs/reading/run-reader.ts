import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../../access/index.js';
import { notFound } from '../../../platform/errors/index.js';
import { pageOf, type Page, type PageQuery } from '../../../platform/http/index.js';
import { CampaignRepository } from '../../campaigns/campaign.repository.js';
import { ProfileSource } from '../../profiles/profile-source.js';
import { RunTotals } from '../run-totals.js';
import { sumOf, type Totals } from '../totals.js';
import { RecipientList, type RecipientCriteria, type RecipientStretch } from './recipient-list.js';
import { RecipientRows } from './recipient-rows.js';
import { CampaignStatsDto, RecipientDto, RunDto } from './run.dto.js';
import { RunRows, type RunRow } from './run-rows.js';

/** Answers what is asked about the runs of a campaign. */
@Injectable()
export class RunReader {
  constructor(
    private readonly campaigns: CampaignRepository,
    private readonly runs: RunRows,
    private readonly totals: RunTotals,
    private readonly recipients: RecipientRows,
    private readonly list: RecipientList,
    private readonly profiles: ProfileSource,
  ) {}

  /**
   * The newest first.
   * @throws DomainError `not_found`
   */
  async listRuns(project: ProjectRef, campaignId: number, query: PageQuery): Promise<Page<RunDto>> {
    await this.#demand(project, campaignId);
    const { pageIndex, pageSize } = query;
    const runs = await this.runs.list(campaignId, pageIndex * pageSize, pageSize);
    const content: RunDto[] = [];
    for (const run of runs) content.push(RunDto.from(run, await this.#totalsOf(run)));
    return pageOf(content, await this.runs.count(campaignId), query);
  }

  /** @throws DomainError `not_found` */
  async stats(project: ProjectRef, campaignId: number): Promise<CampaignStatsDto> {
    await this.#demand(project, campaignId);
    const runs = await this.runs.listAll(campaignId);
    const totals: Totals[] = [];
    for (const run of runs) totals.push(await this.#totalsOf(run));
    const audience = runs.reduce((sum, run) => sum + run.audience, 0);
    return CampaignStatsDto.of(runs.length, audience, sumOf(totals));
  }

  /**
   * By run, the newest first, and then in the order in which they are sent to.
   * @throws DomainError `not_found`
   */
  async listRecipients(
    project: ProjectRef,
    campaignId: number,
    query: RecipientCriteria & PageQuery,
  ): Promise<Page<RecipientDto>> {
    await this.#demand(project, campaignId);
    const { rows, total } = await this.#find(project, campaignId, query);
    const gids = rows.map(({ gid }) => gid);
    const profiles = await this.profiles.byGids(project.id, [...new Set(gids)]);
    const content = rows.map((row) => RecipientDto.from(row, profiles.get(row.gid)?.userId));
    return pageOf(content, total, query);
  }

  async #find(
    project: ProjectRef,
    campaignId: number,
    query: RecipientCriteria & PageQuery,
  ): Promise<RecipientStretch> {
    const { status, runId, gid, pageIndex, pageSize } = query;
    const offset = pageIndex * pageSize;
    if (gid === undefined) {
      const runs = await this.runs.listAll(campaignId);
      const wanted = runs.filter(({ id }) => runId === undefined || id === runId);
      return this.list.find(wanted, query, offset, pageSize);
    }
    const ofUser = await this.recipients.ofUser(project.id, campaignId, gid);
    const wanted = ofUser.filter(
      (row) =>
        (runId === undefined || row.runId === runId) && (status === undefined || row.status === status),
    );
    return { rows: wanted.slice(offset, offset + pageSize), total: wanted.length };
  }

  async #totalsOf({ id, nextBatch, totals }: RunRow): Promise<Totals> {
    return totals ?? this.totals.of(id, nextBatch);
  }

  async #demand(project: ProjectRef, campaignId: number): Promise<void> {
    if (!(await this.campaigns.find(project, campaignId))) throw notFound('campaign', campaignId);
  }
}
