import { Injectable } from '@nestjs/common';
import { SegmentReferences } from '../../segments/index.js';
import { segmentKeysIn } from '../../targeting-rules/index.js';
import { ContentPrerequisites } from '../prerequisites/content-prerequisites.js';
import type { ContentChange } from './content-change.js';

export type { ContentChange } from './content-change.js';

/**
 * What the content of a targeting refers to: segments and other toggles. Whoever puts content in force calls `update` in the same
 * unit. Only references that the change adds are checked, so that a toggle can be switched off whatever became of what it refers
 * to; a change that adds and drops none takes no statement.
 */
@Injectable()
export class ContentReferences {
  constructor(
    private readonly segments: SegmentReferences,
    private readonly prerequisites: ContentPrerequisites,
  ) {}

  /**
   * Checks that what the new content refers to is there, and that its dependencies end, and keeps what it refers to. The unit has
   * locked the targeting.
   * @throws DomainError `not_found` for a segment; `invalid_request` for a prerequisite, naming its field; `dependency_cycle`;
   * `dependency_too_deep`.
   */
  async update(change: ContentChange): Promise<void> {
    await this.#updateSegments(change);
    await this.prerequisites.update(change);
  }

  /** Checks the same of a change that isn't in force yet, and keeps nothing. @throws DomainError as `update`. */
  async check(change: ContentChange): Promise<void> {
    const keys = segmentKeysIn(change.after.rules);
    if (!hasSameEntries(keys, segmentKeysIn(change.before.rules)))
      await this.segments.resolve(change.project, keys);
    await this.prerequisites.check(change);
  }

  async #updateSegments({ project, targeting, before, after }: ContentChange): Promise<void> {
    const keys = segmentKeysIn(after.rules);
    if (hasSameEntries(keys, segmentKeysIn(before.rules))) return;
    await this.segments.replace(targeting.id, await this.segments.resolve(project, keys));
  }
}

function hasSameEntries(a: readonly string[], b: readonly string[]): boolean {
  const entries = new Set(a);
  return entries.size === b.length && b.every((entry) => entries.has(entry));
}
