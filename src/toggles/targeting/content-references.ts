import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { invalidField } from '../../platform/errors/index.js';
import { SegmentReferences } from '../../segments/index.js';
import { type Prerequisite, segmentKeysIn, type TargetingContent } from '../../targeting-rules/index.js';
import { parseContent } from './content.js';
import { type PrerequisiteToggle, problemWith } from './prerequisite-problems.js';
import { TargetingRepository, type TargetingOfToggle } from './targeting.repository.js';

/** Keys in one statement; databases limit how many there may be. */
const CHUNK = 500;

/** A change of a targeting's content, checked by itself but not yet against what it refers to. */
export interface ContentChange {
  readonly project: ProjectRef;
  readonly targeting: TargetingOfToggle;
  readonly before: TargetingContent;
  readonly after: TargetingContent;
}

/**
 * What the content of a targeting refers to: segments and other toggles. Only references that the change adds are checked, so that a
 * toggle can be switched off whatever became of what it refers to; a change that adds and drops none takes no statement.
 */
@Injectable()
export class ContentReferences {
  constructor(
    private readonly segments: SegmentReferences,
    private readonly targetings: TargetingRepository,
  ) {}

  /**
   * Checks that what the new content refers to is there, and keeps which segments that are.
   * @throws DomainError `not_found` for a segment; `invalid_request` for a prerequisite, naming its field.
   */
  async update(change: ContentChange): Promise<void> {
    await this.#updateSegments(change);
    await this.#checkPrerequisites(change);
  }

  async #updateSegments({ project, targeting, before, after }: ContentChange): Promise<void> {
    const keys = segmentKeysIn(after.rules);
    if (hasSameEntries(keys, segmentKeysIn(before.rules))) return;
    await this.segments.replace(targeting.id, await this.segments.resolve(project, keys));
  }

  async #checkPrerequisites({ project, targeting, before, after }: ContentChange): Promise<void> {
    const kept = new Set(before.prerequisites?.map(identityOf));
    const added = [...(after.prerequisites ?? []).entries()].filter(
      ([, entry]) => !kept.has(identityOf(entry)),
    );
    for (let start = 0; start < added.length; start += CHUNK) {
      const chunk = added.slice(start, start + CHUNK);
      const toggles = await this.#findToggles(
        project,
        targeting,
        chunk.map(([, { key }]) => key),
      );
      for (const [index, prerequisite] of chunk) {
        const problem = problemWith(prerequisite, toggles.get(prerequisite.key), targeting.toggle.key);
        if (problem) throw invalidField(`content.prerequisites[${index}].${problem.member}`, problem.text);
      }
    }
  }

  /** By their keys, written as the toggles have them: SDKs compare keys exactly. */
  async #findToggles(
    project: ProjectRef,
    { environmentId }: TargetingOfToggle,
    keys: readonly string[],
  ): Promise<Map<string, PrerequisiteToggle>> {
    const found = await this.targetings.lockLive(environmentId, project.id, keys);
    return new Map(
      found.map(({ toggle: { key, returnType }, content }) => [
        key,
        { key, returnType, content: parseContent(content) },
      ]),
    );
  }
}

function identityOf({ key, value, type }: Prerequisite): string {
  return JSON.stringify([key, value, type]);
}

function hasSameEntries(a: readonly string[], b: readonly string[]): boolean {
  const entries = new Set(a);
  return entries.size === b.length && b.every((entry) => entries.has(entry));
}
