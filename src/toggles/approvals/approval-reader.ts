import { Injectable } from '@nestjs/common';
import { EnvironmentService } from '../../environments/index.js';
import { notFound } from '../../platform/errors/index.js';
import { parseContent } from '../targeting/content.js';
import { TargetingRepository } from '../targeting/targeting.repository.js';
import type { TogglePlace } from './approval-cases.js';
import type { TargetingDiffDto } from './approval.dto.js';
import { ApprovalRepository } from './approval.repository.js';

/** Shows what reviewers have to judge. */
@Injectable()
export class ApprovalReader {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly targetings: TargetingRepository,
    private readonly approvals: ApprovalRepository,
  ) {}

  /** The change under way (`current`) beside what is served (`old`). @throws DomainError `not_found`. */
  async diff({ project, environmentKey, toggleKey }: TogglePlace): Promise<TargetingDiffDto> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.find(environment.id, project.id, toggleKey);
    if (!targeting) throw notFound('toggle', toggleKey);
    const pending = await this.approvals.findPending(targeting.id);
    if (!pending) return {};
    return {
      currentDisabled: pending.sketch.disabled,
      currentContent: parseContent(pending.sketch.content),
      oldDisabled: targeting.disabled,
      oldContent: parseContent(targeting.content),
    };
  }
}
