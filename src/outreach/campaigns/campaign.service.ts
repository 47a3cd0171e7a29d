import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError } from '../../platform/errors/index.js';
import { CampaignChecker, type GatheredCodes } from './campaign-checker.js';
import type { DraftContent, Trigger } from './campaign-content.js';
import { contentOf, publishedContentOf, timingOf, type Timing } from './campaign-timing.js';
import { CampaignWriter } from './campaign-writer.js';
import { CampaignDto, type CreateCampaignRequest, type UpdateCampaignRequest } from './campaign.dto.js';
import type { CampaignEntity } from './campaign.entity.js';
import { checkTrigger } from './check-trigger.js';
import { changed, readContent } from './draft-reader.js';
import { isSame, refuseFixed } from './paused-edits.js';

/** Makes, edits and deletes campaigns. */
@Injectable()
export class CampaignService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: CampaignWriter,
    private readonly checker: CampaignChecker,
    private readonly clock: Clock,
  ) {}

  /** Makes a draft. @throws DomainError `field_invalid` for a value of the wrong JSON type */
  async create(project: ProjectRef, request: CreateCampaignRequest): Promise<CampaignDto> {
    const content = changed({}, readContent(request));
    return this.unitOfWork.run(async () =>
      CampaignDto.from(await this.writer.create(project, request.name, content), project.key),
    );
  }

  /**
   * Changes a draft, to whatever state of completeness; or a paused campaign, which has to stay as right as publishing demands.
   * @throws DomainError `not_found`, `campaign_transition`, `field_invalid` for what can't be changed, `request_conflict`; ProblemsError
   * `campaign_invalid`
   */
  async update(project: ProjectRef, id: number, request: UpdateCampaignRequest): Promise<CampaignDto> {
    const change = readContent(request);
    const seen = await this.writer.findFor('update', project, id);
    const isDraft = seen.status === 'DRAFT';
    const codes = isDraft ? undefined : await this.checker.gather(project, changed(contentOf(seen), change));
    return this.unitOfWork.run(async () => {
      const row = await this.writer.lockFor('update', project, id);
      const name = request.name ?? row.name;
      const wanted = changed(contentOf(row), change);
      const after =
        row.status === 'DRAFT'
          ? await this.writer.edit(row, project.key, wanted, { name })
          : await this.#editPaused(project, row, name, wanted, codes);
      return CampaignDto.from(after, project.key);
    });
  }

  /** Answers the campaign as it was. @throws DomainError `not_found`, `campaign_transition` */
  async delete(project: ProjectRef, id: number): Promise<CampaignDto> {
    return this.unitOfWork.run(async () => {
      const row = await this.writer.lockFor('delete', project, id);
      await this.writer.delete(row, project.key);
      return CampaignDto.from(row, project.key);
    });
  }

  async #editPaused(
    project: ProjectRef,
    row: CampaignEntity,
    name: string,
    wanted: DraftContent,
    codes: GatheredCodes | undefined,
  ): Promise<CampaignEntity> {
    // It was a draft a moment ago: its codes were not asked for.
    if (!codes) throw new DomainError('request_conflict');
    const before = publishedContentOf(row);
    refuseFixed(before, wanted, row.startedAt !== null);
    const now = this.clock.now();
    // A trigger that stays may have times that passed since: they are a matter of resuming.
    const keepsTrigger = isSame(checkTrigger(wanted.trigger, undefined).trigger, before.trigger);
    const content = await this.checker.check(project, wanted, codes, keepsTrigger ? undefined : now);
    const timing = keepsTrigger ? {} : newTiming(row, content.trigger, now);
    return this.writer.edit(row, project.key, content, { name, ...timing });
  }
}

/** A campaign that waits for its event goes on waiting; others are due when the new trigger says. */
function newTiming(row: CampaignEntity, trigger: Trigger, now: number): Partial<Timing> {
  const timing = timingOf(trigger, now);
  const isWaiting = trigger.type === 'TRIGGERED' && row.startedAt !== null;
  return isWaiting ? { ...timing, nextRunAt: row.nextRunAt } : timing;
}
