import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../../access/index.js';
import { EnvironmentService, type EnvironmentRef } from '../../../environments/index.js';
import { EventRecorder } from '../../../events/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { DomainError, invalidField, notFound } from '../../../platform/errors/index.js';
import { ApprovalRepository } from '../approval.repository.js';
import {
  type ApprovalSettingInput,
  ApprovalSettingsDto,
  type UpdateApprovalSettingsDto,
} from './approval-settings.dto.js';
import { Reviewers } from './reviewers.js';

const TWICE = { en: 'names an environment that was named before', zh: '重复指定了同一环境' };
const NOBODY = {
  en: 'must have at least one entry where approval is enabled',
  zh: '启用审批时至少需要一位审批人',
};

/** Which environments of a project demand approvals, and by whom. Only toggles know whether approvals are under way there. */
@Injectable()
export class ApprovalSettingsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly environments: EnvironmentService,
    private readonly approvals: ApprovalRepository,
    private readonly reviewers: Reviewers,
    private readonly events: EventRecorder,
  ) {}

  /** Of the live environments, oldest first. */
  async list(project: ProjectRef): Promise<ApprovalSettingsDto[]> {
    return this.#describe(await this.environments.listLive(project));
  }

  /**
   * Changes the settings of those environments that are mentioned; answers those of all.
   * @throws DomainError `not_found` for an environment; `invalid_request` for reviewers who are no members, for none where approval
   * is enabled, and for disabling it while approvals are under way.
   */
  async update(project: ProjectRef, request: UpdateApprovalSettingsDto): Promise<ApprovalSettingsDto[]> {
    return this.unitOfWork.run(async () => {
      // Locked before approvals are looked for: one that is submitted meanwhile waits for the lock, and then sees what was set.
      const all = await this.environments.lockAll(project);
      const live = new Map(
        all.filter(({ archived }) => !archived).map((each) => [each.key.toLowerCase(), each]),
      );
      const before = await this.#describe([...live.values()]);
      const locked = new Set(
        before.filter((each) => each.locked).map(({ environmentKey }) => environmentKey),
      );
      const seen = new Set<string>();
      for (const [index, input] of request.approvalSettings.entries()) {
        const key = input.environmentKey.toLowerCase();
        const field = `approvalSettings[${index}]`;
        const environment = live.get(key);
        if (!environment) throw notFound('environment', input.environmentKey);
        if (seen.has(key)) throw invalidField(`${field}.environmentKey`, TWICE);
        seen.add(key);
        live.set(key, await this.#set(environment, input, locked.has(environment.key), field));
      }
      const data = await this.#describe([...live.values()]);
      const keys = { projectKey: project.key };
      await this.events.record({
        resource: 'PROJECT',
        action: 'UPDATE_APPROVAL_SETTINGS',
        keys,
        data,
        before,
      });
      return data;
    });
  }

  async #set(
    environment: EnvironmentRef,
    input: ApprovalSettingInput,
    locked: boolean,
    field: string,
  ): Promise<EnvironmentRef> {
    const enable = input.enable ?? environment.enableApproval;
    if (environment.enableApproval && !enable && locked)
      throw new DomainError('approval_locked', { key: environment.key });
    const reviewers = await this.reviewers.resolve(
      input.reviewers ?? environment.reviewers,
      // Who was a reviewer before may have been deleted since; that has to be mended only where it matters.
      enable && !environment.enableApproval ? [] : environment.reviewers,
      `${field}.reviewers`,
    );
    if (enable && reviewers.length === 0) throw invalidField(`${field}.reviewers`, NOBODY);
    await this.environments.setApproval(environment.id, { enable, reviewers });
    return { ...environment, enableApproval: enable, reviewers };
  }

  async #describe(environments: readonly EnvironmentRef[]): Promise<ApprovalSettingsDto[]> {
    const locked = await this.approvals.environmentsUnderApproval(environments.map(({ id }) => id));
    return environments.map((each) => ApprovalSettingsDto.from(each, locked.has(each.id)));
  }
}
