import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors/index.js';
import type { Campaign } from '../campaigns/campaign.js';
import { Audiences, type AudienceTest } from '../profiles/audience.js';

/** Tests that are remembered: one for each run whose snapshot is being taken. */
const MAX_REMEMBERED = 100;

/** The audiences of runs, each compiled once in this process: a snapshot has one set of rules from its first piece to its last. */
@Injectable()
export class AudienceTests {
  readonly #known = new Map<number, AudienceTest>();

  constructor(private readonly audiences: Audiences) {}

  /** Undefined where the segment is gone. */
  async ofRun(runId: number, campaign: Campaign): Promise<AudienceTest | undefined> {
    const known = this.#known.get(runId);
    if (known) return known;
    const test = await this.ofNow(campaign);
    if (!test) return undefined;
    this.#known.set(runId, test);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return test;
  }

  /** The same by the rules of this moment. */
  async ofNow({ projectId, projectKey, segmentKey }: Campaign): Promise<AudienceTest | undefined> {
    try {
      return await this.audiences.testOf({ id: projectId, key: projectKey }, segmentKey);
    } catch (error) {
      if (error instanceof DomainError && error.definition.code === 'not_found') return undefined;
      throw error;
    }
  }

  forget(runId: number): void {
    this.#known.delete(runId);
  }
}
