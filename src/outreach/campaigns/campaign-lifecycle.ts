import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { ProjectService } from '../../projects/index.js';
import { CampaignChecker } from './campaign-checker.js';
import { contentOf, dueAfterPause, isOver, publishedContentOf, timingOf } from './campaign-timing.js';
import { CampaignWriter, ended } from './campaign-writer.js';
import { CampaignDto } from './campaign.dto.js';
import type { CampaignEntity } from './campaign.entity.js';
import { RunControl } from './run-control.js';

/** The reason that what was not sent is canceled with. */
const CLOSED = 'campaign closed';

/** Puts campaigns online and takes them through what `CampaignEntity` draws. Each change is one unit, with the row locked. */
@Injectable()
export class CampaignLifecycle {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: CampaignWriter,
    private readonly checker: CampaignChecker,
    private readonly projects: ProjectService,
    private readonly runs: RunControl,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks a draft and puts it online, `NOT_STARTED` until its first run has begun, which may be at once.
   *
   * Its touchpoints are locked, so that each of them is either disabled before, which is a problem of the campaign, or refuses to be
   * disabled after. So is its project, whose deletion closes what is online by then.
   * @throws ProblemsError `campaign_invalid`; DomainError `not_found`, `campaign_transition`, `request_conflict`
   */
  async publish(project: ProjectRef, id: number): Promise<CampaignDto> {
    const draft = await this.writer.findFor('publish', project, id);
    const codes = await this.checker.gather(project, contentOf(draft));
    return this.#run(async () => {
      await this.projects.keepLive(project);
      const row = await this.writer.lockFor('publish', project, id);
      const now = this.clock.now();
      const content = await this.checker.check(project, contentOf(row), codes, now);
      return this.#answer(project, 'PUBLISH', row, {
        status: 'NOT_STARTED',
        content: JSON.stringify(content),
        publishedAt: now,
        ...timingOf(content.trigger, now),
      });
    });
  }

  /** Begins no run and sends nothing more until it is resumed. @throws DomainError `not_found`, `campaign_transition` */
  async pause(project: ProjectRef, id: number): Promise<CampaignDto> {
    return this.#run(async () => {
      const row = await this.writer.lockFor('pause', project, id);
      return this.#answer(project, 'PAUSE', row, { status: 'PAUSED' });
    });
  }

  /**
   * Goes on where it was; what came due meanwhile is decided by `dueAfterPause`. Where nothing is left to do, it is `FINISHED` at once.
   * @throws DomainError `not_found`, `campaign_transition`
   */
  async resume(project: ProjectRef, id: number): Promise<CampaignDto> {
    return this.#run(async () => {
      const row = await this.writer.lockFor('resume', project, id);
      const now = this.clock.now();
      const { trigger } = publishedContentOf(row);
      const resumed = await this.writer.apply('RESUME', row, project.key, {
        status: row.startedAt === null ? 'NOT_STARTED' : 'RUNNING',
        nextRunAt: dueAfterPause(trigger, row.nextRunAt, now),
      });
      const isDone = isOver(trigger, resumed, now) && !(await this.runs.isBusy(id));
      const after = isDone
        ? await this.writer.applyBySystem(resumed, project.key, ended('FINISHED'))
        : resumed;
      return CampaignDto.from(after, project.key);
    });
  }

  /** Ends it: what has not gone out is canceled. @throws DomainError `not_found`, `campaign_transition` */
  async close(project: ProjectRef, id: number): Promise<CampaignDto> {
    return this.#run(async () => {
      const row = await this.writer.lockFor('close', project, id);
      const answer = await this.#answer(project, 'CLOSE', row, ended('CLOSED'));
      await this.runs.close(id, CLOSED);
      return answer;
    });
  }

  /** Runs look for work as soon as it is committed. */
  async #run(work: () => Promise<CampaignDto>): Promise<CampaignDto> {
    return this.unitOfWork.run(async () => {
      this.unitOfWork.afterCommit(() => this.runs.wake());
      return work();
    });
  }

  async #answer(
    project: ProjectRef,
    action: 'PUBLISH' | 'PAUSE' | 'CLOSE',
    row: CampaignEntity,
    columns: Partial<Omit<CampaignEntity, 'id'>>,
  ): Promise<CampaignDto> {
    return CampaignDto.from(await this.writer.apply(action, row, project.key, columns), project.key);
  }
}
