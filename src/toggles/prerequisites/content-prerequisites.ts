import { Injectable } from '@nestjs/common';
import { EnvironmentService } from '../../environments/index.js';
import { DomainError, invalidField } from '../../platform/errors/index.js';
import type { Prerequisite } from '../../targeting-rules/index.js';
import type { ContentChange } from '../targeting/content-change.js';
import { parseContent } from '../targeting/content.js';
import { TargetingRepository, type TargetingOfToggle } from '../targeting/targeting.repository.js';
import { DependencyGraph } from './dependency-graph.js';
import { problemWith } from './prerequisite-problems.js';
import { PrerequisiteRepository } from './prerequisite.repository.js';

/**
 * How many toggles a chain of dependencies may have. SDKs evaluate a toggle and 19 levels of prerequisites below it; whatever is
 * deeper fails there.
 */
const MAX_DEPTH = 20;

/** Keys in one statement; databases limit how many there may be. */
const CHUNK = 500;

/** A change as far as it concerns prerequisites. */
interface Difference {
  /** All there will be. */
  readonly wanted: readonly Prerequisite[];
  /** Those of them that are new or changed, with their positions. */
  readonly added: readonly [number, Prerequisite][];
}

/**
 * The prerequisites in the content of targetings. Changes of them go one after another within an environment: its row is locked
 * before they are checked, so that no two, of whichever toggles, can close a cycle together.
 */
@Injectable()
export class ContentPrerequisites {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly targetings: TargetingRepository,
    private readonly prerequisites: PrerequisiteRepository,
  ) {}

  /**
   * Checks the prerequisites that a change adds, and changes nothing.
   * @throws DomainError `invalid_request` naming the field of one that can't be met; `dependency_cycle`; `dependency_too_deep`.
   */
  async check(change: ContentChange): Promise<void> {
    const difference = differenceOf(change);
    if (difference) await this.#check(change, difference);
  }

  /** The same, and keeps which they are. Needs a unit, which has locked the targeting. */
  async update(change: ContentChange): Promise<void> {
    const difference = differenceOf(change);
    if (!difference) return;
    const { id: targetingId, environmentId, toggleId } = change.targeting;
    await this.environments.lockContents(environmentId);
    const parents = await this.#check(change, difference);
    const rows = difference.wanted.flatMap(({ key, value }) => {
      const parent = parents.get(key);
      return parent
        ? { targetingId, parentToggleId: parent.toggleId, environmentId, toggleId, dependentValue: value }
        : [];
    });
    await this.prerequisites.replace(targetingId, rows);
  }

  /** Answers the targetings of the toggles that are wanted, by their keys. */
  async #check(
    { project, targeting }: ContentChange,
    { wanted, added }: Difference,
  ): Promise<Map<string, TargetingOfToggle>> {
    const parents = await this.#findParents(project.id, targeting.environmentId, wanted);
    for (const [index, prerequisite] of added) {
      const parent = parents.get(prerequisite.key);
      const problem = problemWith(prerequisite, parent && toPrerequisiteToggle(parent));
      if (problem) throw invalidField(`content.prerequisites[${index}].${problem.member}`, problem.text);
    }
    if (added.length > 0) await this.#checkDependencies(targeting, [...parents.values()]);
    return parents;
  }

  /** By their keys, written as the toggles have them: SDKs compare keys exactly. */
  async #findParents(
    projectId: number,
    environmentId: number,
    wanted: readonly Prerequisite[],
  ): Promise<Map<string, TargetingOfToggle>> {
    const parents = new Map<string, TargetingOfToggle>();
    for (let start = 0; start < wanted.length; start += CHUNK) {
      const keys = wanted.slice(start, start + CHUNK).map(({ key }) => key);
      const found = await this.targetings.findAll(environmentId, projectId, keys);
      for (const parent of found) parents.set(parent.toggle.key, parent);
      // The first that is missing will be refused; what comes after it doesn't matter.
      if (!keys.every((key) => parents.has(key))) break;
    }
    return parents;
  }

  async #checkDependencies(targeting: TargetingOfToggle, parents: TargetingOfToggle[]): Promise<void> {
    const { environmentId, toggleId } = targeting;
    const others = await this.prerequisites.listAll(environmentId);
    const graph = new DependencyGraph([
      ...others.filter((other) => other.toggleId !== toggleId),
      ...parents.map((parent) => ({ toggleId, parentToggleId: parent.toggleId })),
    ]);
    const cycle = graph.cycleThrough(toggleId);
    if (cycle) {
      const path = (await this.prerequisites.keysOf(cycle)).join(' → ');
      throw new DomainError('dependency_cycle', { path });
    }
    if (graph.depthThrough(toggleId, MAX_DEPTH) > MAX_DEPTH)
      throw new DomainError('dependency_too_deep', { limit: MAX_DEPTH });
  }
}

/** Undefined where nothing changes, so that other publishings cost no statement. */
function differenceOf({ before, after }: ContentChange): Difference | undefined {
  const kept = new Set(before.prerequisites?.map(identityOf));
  const wanted = after.prerequisites ?? [];
  const added = [...wanted.entries()].filter(([, entry]) => !kept.has(identityOf(entry)));
  return added.length === 0 && wanted.length === kept.size ? undefined : { wanted, added };
}

function identityOf({ key, value, type }: Prerequisite): string {
  return JSON.stringify([key, value, type]);
}

function toPrerequisiteToggle({ toggle, content }: TargetingOfToggle) {
  const { key, returnType, archived } = toggle;
  return { key, returnType, archived, variations: parseContent(content).variations };
}
