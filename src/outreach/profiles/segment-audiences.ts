import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { publishedRule, type PublishedRule, Undeliverable } from '../../evaluation/index.js';
import { Log } from '../../platform/log/logger.js';
import { SegmentReader } from '../../segments/index.js';
import type { SegmentRule } from '../../targeting-rules/index.js';
import { compileAudience } from './audience-rules.js';
import { Audiences, type AudienceTest } from './audience.js';

/** Audiences are the segments of the project. One whose rules can't be evaluated holds nobody, as for SDKs. */
@Injectable()
export class SegmentAudiences extends Audiences {
  constructor(
    private readonly segments: SegmentReader,
    private readonly log: Log,
  ) {
    super();
  }

  async testOf(project: Pick<ProjectRef, 'id' | 'key'>, segmentKey: string): Promise<AudienceTest> {
    const { rules } = await this.segments.find(project, segmentKey);
    return compileAudience(this.#published(rules, project.key, segmentKey));
  }

  #published(rules: string, projectKey: string, segmentKey: string): PublishedRule[] {
    try {
      return (JSON.parse(rules) as SegmentRule[]).map((rule) => publishedRule(rule, projectKey));
    } catch (error) {
      if (!(error instanceof Undeliverable)) throw error;
      this.log.error({ err: error, segment: segmentKey }, 'the rules of a segment cannot be evaluated');
      return [];
    }
  }
}
