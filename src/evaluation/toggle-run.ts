import type { CompiledToggle, CompiledToggles } from './compiled-toggles.js';
import { jsonEquals } from './json-equals.js';
import { REASONS } from './reasons.js';
import type { Value } from './repository.js';
import type { ServeChooser } from './serves.js';
import type { Subject } from './toggle-rules.js';

/** What a toggle comes to for a user, before a caller's default stands in for a missing value. */
export interface Outcome {
  /** Undefined where no variation was chosen. */
  readonly value: Value | undefined;
  readonly variationIndex: number | null;
  readonly ruleIndex: number | null;
  readonly reason: string;
  /** Why toggles that have this one as a prerequisite fail too, whatever value they want. */
  readonly failure?: string;
}

/** Why a toggle's prerequisites are not met. */
interface Unmet {
  readonly reason: string;
  /** Whether it travels up: a missing toggle or too long a chain is a failure of all that build on it. */
  readonly travels: boolean;
}

/**
 * One evaluation: of one user at one moment, of a toggle and those it depends on (evaluation, sections 3 and 6).
 *
 * ```
 * disabled ──────────────────────────────► disabledServe   disabled.
 * depth used up, prerequisites not met ──► disabledServe   disabled. prerequisite …
 * first rule that is hit ────────────────► its serve       rule N
 * none ──────────────────────────────────► defaultServe    default. [warning of the last rule]
 * ```
 *
 * What is known is kept for each depth: where many toggles share prerequisites, the paths between them double at every level, but
 * no toggle is looked at more often than there are levels.
 */
export class ToggleRun {
  readonly #known: Map<CompiledToggle, Outcome>[] = [];

  constructor(
    private readonly toggles: CompiledToggles,
    private readonly subject: Subject,
  ) {}

  /** @param budget how many levels of toggles may be looked at, this one included. */
  outcomeOf(toggle: CompiledToggle, budget: number): Outcome {
    const known = (this.#known[budget] ??= new Map());
    const before = known.get(toggle);
    if (before) return before;
    const outcome = this.#evaluate(toggle, budget);
    known.set(toggle, outcome);
    return outcome;
  }

  #evaluate(toggle: CompiledToggle, budget: number): Outcome {
    if (!toggle.source.enabled) return this.#served(toggle, toggle.disabledServe, REASONS.disabled);
    const unmet = this.#unmetPrerequisite(toggle, budget);
    if (unmet) {
      const outcome = this.#served(toggle, toggle.disabledServe, REASONS.disabledBy(unmet.reason));
      return unmet.travels ? { ...outcome, failure: unmet.reason } : outcome;
    }
    return this.#byRules(toggle);
  }

  #unmetPrerequisite({ source }: CompiledToggle, budget: number): Unmet | undefined {
    if (budget <= 0) return { reason: REASONS.prerequisiteDepthOverflow, travels: true };
    for (const { key, value } of source.prerequisites ?? []) {
      const other = this.toggles.get(key);
      if (!other) return { reason: REASONS.prerequisiteNotExist(key), travels: true };
      const outcome = this.outcomeOf(other, budget - 1);
      if (outcome.failure !== undefined) return { reason: outcome.failure, travels: true };
      if (!jsonEquals(outcome.value, value))
        return { reason: REASONS.prerequisiteNotMatch(key), travels: false };
    }
    return undefined;
  }

  #byRules(toggle: CompiledToggle): Outcome {
    let warning: string | undefined;
    for (const [index, rule] of toggle.rules.entries()) {
      const outcome = rule(this.subject);
      if ('variation' in outcome)
        return outcomeAt(toggle, outcome.variation, { ruleIndex: index, reason: REASONS.rule(index) });
      // Of the last rule, also where it gives none: that is how FeatureProbe's SDKs have it.
      warning = outcome.warning;
    }
    const reason = warning === undefined ? REASONS.default : REASONS.defaultAfter(warning);
    return this.#served(toggle, toggle.defaultServe, reason);
  }

  #served(toggle: CompiledToggle, serve: ServeChooser, reason: string): Outcome {
    const choice = serve(this.subject.user);
    const variation = typeof choice === 'number' ? choice : null;
    return outcomeAt(toggle, variation, { ruleIndex: null, reason });
  }
}

function outcomeAt(
  { source }: CompiledToggle,
  variationIndex: number | null,
  decided: Pick<Outcome, 'ruleIndex' | 'reason'>,
): Outcome {
  const value = variationIndex === null ? undefined : source.variations[variationIndex];
  return { value, variationIndex, ...decided };
}
