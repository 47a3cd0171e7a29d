import { describe, expect, it } from 'vitest';
import {
  type Evaluation,
  Evaluator,
  expectType,
  type Repository,
  type Value,
} from '../../src/evaluation/index.js';
import cases from '../fixtures/featureprobe/evaluation-cases.json' with { type: 'json' };

interface Case {
  readonly name: string;
  readonly user: { readonly key: string; readonly customValues: readonly { key: string; value: string }[] };
  readonly function: { readonly name: string; readonly toggle: string; readonly default: Value };
  readonly expectResult: {
    readonly value: Value;
    readonly reason?: string;
    readonly ruleIndex?: number;
    readonly noRuleIndex?: boolean;
    readonly version?: number;
  };
}

/** The SDKs' getters, by the first part of their names. */
const TYPES = { bool: 'boolean', string: 'string', number: 'number', json: 'json' } as const;

function call(evaluator: Evaluator, { user, function: getter }: Case): Evaluation {
  const attrs = Object.fromEntries(user.customValues.map(({ key, value }) => [key, value]));
  const context = { user: { key: user.key, attrs }, now: Date.parse('2026-01-01T00:00:00Z') };
  const type = TYPES[getter.name.split('_')[0] as keyof typeof TYPES];
  return expectType(evaluator.evaluate(getter.toggle, context, getter.default), type, getter.default);
}

describe("FeatureProbe's conformance cases", () => {
  const suites = cases.tests.map((suite) => ({
    scenario: suite.scenario,
    fixture: suite.fixture as unknown as Repository,
    cases: suite.cases as readonly Case[],
  }));

  it('are all here', () => expect(suites.flatMap((suite) => suite.cases)).toHaveLength(41));

  describe.each(suites)('$scenario', ({ fixture, cases: all }) => {
    const evaluator = new Evaluator(fixture);

    it.each(all)('$name', (testCase) => {
      const { value, reason, ruleIndex, noRuleIndex, version } = testCase.expectResult;
      const result = call(evaluator, testCase);
      expect(result.value).toEqual(value);
      if (reason !== undefined) expect(result.reason.toLowerCase()).toContain(reason);
      if (ruleIndex !== undefined) expect(result.ruleIndex).toBe(ruleIndex);
      if (noRuleIndex) expect(result.ruleIndex).toBeNull();
      if (version !== undefined) expect(result.version).toBe(version);
    });
  });
});
