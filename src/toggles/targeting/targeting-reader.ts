import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService, type EnvironmentRef } from '../../environments/index.js';
import { notFound } from '../../platform/errors/index.js';
import { type Page, pageOf } from '../../platform/http/index.js';
import { ApprovalRepository } from '../approvals/approval.repository.js';
import { MetricDefinitions } from '../metrics/metric-definitions.js';
import {
  type TargetingKeys,
  TargetingVersionDto,
  type TargetingVersionQuery,
  type TargetingVersionsDto,
} from './targeting.dto.js';
import type { TargetingVersionEntity } from './targeting.entity.js';
import { TargetingRepository, type TargetingOfToggle } from './targeting.repository.js';
import { TargetingViewDto } from './targeting-view.dto.js';

interface Found {
  readonly environment: EnvironmentRef;
  readonly targeting: TargetingOfToggle;
}

/** Answers what is asked about a toggle's targeting in an environment, archived toggles included. */
@Injectable()
export class TargetingReader {
  constructor(
    private readonly targetings: TargetingRepository,
    private readonly environments: EnvironmentService,
    private readonly approvals: ApprovalRepository,
    private readonly metrics: MetricDefinitions,
  ) {}

  /** @throws DomainError `not_found`. */
  async get(project: ProjectRef, environmentKey: string, toggleKey: string): Promise<TargetingViewDto> {
    const { environment, targeting } = await this.#find(project, environmentKey, toggleKey);
    // Most targetings are not under approval, and say so themselves.
    const pending = targeting.status === 'RELEASE' ? null : await this.approvals.findPending(targeting.id);
    const mayTrack = !targeting.trackAccessEvents && (await this.metrics.exists(targeting.id));
    return TargetingViewDto.view(targeting, environment, { pending, mayTrack });
  }

  /** One page of the history, newest first. @throws DomainError `not_found`. */
  async versions(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    query: TargetingVersionQuery,
  ): Promise<Page<TargetingVersionDto>> {
    const found = await this.#find(project, environmentKey, toggleKey);
    const [versions, total] = await this.targetings.listVersions(found.targeting.id, query.version, query);
    return pageOf(await this.#describe(versions, keysOf(project, found)), total, query);
  }

  /** All versions from one on, newest first. @throws DomainError `not_found`. */
  async versionsFrom(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    version: number,
  ): Promise<TargetingVersionsDto> {
    const found = await this.#find(project, environmentKey, toggleKey);
    const versions = await this.targetings.versionsFrom(found.targeting.id, version);
    return {
      total: await this.targetings.countVersions(found.targeting.id),
      versions: await this.#describe(versions, keysOf(project, found)),
    };
  }

  /** Versions with the approvals that led to them. */
  async #describe(
    versions: readonly TargetingVersionEntity[],
    keys: TargetingKeys,
  ): Promise<TargetingVersionDto[]> {
    const approvals = await this.approvals.findRecords(
      versions.flatMap(({ approvalId }) => approvalId ?? []),
    );
    return versions.map((version) =>
      TargetingVersionDto.from(version, keys, approvals.get(version.approvalId ?? 0)),
    );
  }

  async #find(project: ProjectRef, environmentKey: string, toggleKey: string): Promise<Found> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.find(environment.id, project.id, toggleKey);
    if (!targeting) throw notFound('toggle', toggleKey);
    return { environment, targeting };
  }
}

function keysOf(project: ProjectRef, { environment, targeting }: Found): TargetingKeys {
  return { projectKey: project.key, environmentKey: environment.key, toggleKey: targeting.toggle.key };
}
