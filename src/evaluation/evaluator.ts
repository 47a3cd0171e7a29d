import { CompiledToggles } from './compiled-toggles.js';
import { type Evaluation, toggleNotExist } from './evaluation.js';
import type { Repository, Toggle, Value } from './repository.js';
import { type Outcome, ToggleRun } from './toggle-run.js';
import type { User } from './user.js';

/**
 * How many levels of toggles an evaluation looks at, the one asked for included: the default of FeatureProbe's server and
 * SDKs.
 */
export const MAX_PREREQUISITE_DEPTH = 20;

const FIRST_VERSION = 1;

/** Who is asked about, and when. */
export interface EvaluationContext {
  readonly user: User;
  /** Epoch milliseconds: the present, for conditions on a datetime that the user lacks. */
  readonly now: number;
}

/** What SDKs in browsers and apps get of a toggle (evaluation, section 7). */
export interface ClientEvaluation extends Evaluation {
  readonly trackAccessEvents: boolean;
  /** Epoch milliseconds; null where the repository doesn't say. */
  readonly lastModified: number | null;
  /** Until when SDKs report each evaluation, epoch milliseconds; null: they don't. */
  readonly debugUntilTime: number | null;
}

/**
 * Evaluates the toggles of one repository. Each toggle and segment is read once, when it is first needed, so keep the
 * evaluator for as long as the repository's version. It does no I/O, has no clock and changes nothing: the same question
 * has the same answer. It never throws for a repository as `RepositoryBuilder` makes it and any user.
 */
export class Evaluator {
  readonly #toggles: CompiledToggles;

  /** @param maxDepth levels of toggles looked at before a chain of prerequisites fails; at least 1. */
  constructor(
    private readonly repository: Repository,
    private readonly maxDepth = MAX_PREREQUISITE_DEPTH,
  ) {
    this.#toggles = new CompiledToggles(repository);
  }

  /** What a toggle yields; `fallback` is the value where there is no such toggle, or where it chooses no variation. */
  evaluate(toggleKey: string, context: EvaluationContext, fallback: Value | null = null): Evaluation {
    const toggle = this.#toggles.get(toggleKey);
    if (!toggle) return toggleNotExist(toggleKey, fallback);
    return evaluationOf(toggle.source, this.#run(context).outcomeOf(toggle, this.maxDepth), fallback);
  }

  /** All toggles that clients may see, by key. Where no variation can be chosen, the value is null. */
  evaluateForClient(context: EvaluationContext): Record<string, ClientEvaluation> {
    const run = this.#run(context);
    const debugUntilTime = this.repository.debugUntilTime ?? null;
    const results: [string, ClientEvaluation][] = [];
    for (const [key, { forClient }] of Object.entries(this.repository.toggles)) {
      const toggle = forClient ? this.#toggles.get(key) : undefined;
      if (!toggle) continue;
      const outcome = run.outcomeOf(toggle, this.maxDepth);
      results.push([key, clientEvaluationOf(toggle.source, outcome, debugUntilTime)]);
    }
    // fromEntries, since `__proto__` is a key like any other.
    return Object.fromEntries(results);
  }

  #run({ user, now }: EvaluationContext): ToggleRun {
    return new ToggleRun(this.#toggles, { user, nowSeconds: Math.floor(now / 1000) });
  }
}

function evaluationOf({ version }: Toggle, outcome: Outcome, fallback: Value | null): Evaluation {
  const { value = fallback, variationIndex, ruleIndex, reason } = outcome;
  return { value, variationIndex, ruleIndex, version: version ?? FIRST_VERSION, reason };
}

function clientEvaluationOf(
  toggle: Toggle,
  outcome: Outcome,
  debugUntilTime: number | null,
): ClientEvaluation {
  return {
    ...evaluationOf(toggle, outcome, null),
    trackAccessEvents: toggle.trackAccessEvents ?? false,
    lastModified: toggle.lastModified ?? null,
    debugUntilTime,
  };
}
