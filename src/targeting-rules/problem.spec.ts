import { describe, expect, it } from 'vitest';
import { PROBLEM_TEXTS, problemText } from './problem.js';
import { validateTargeting } from './validate-targeting.js';

function firstText(rule: object): { field: string; en: string; zh: string } {
  const content = {
    rules: [rule],
    disabledServe: { select: 0 },
    defaultServe: { select: 0 },
    variations: [{ value: 'a' }],
  };
  const problem = validateTargeting(content, { returnType: 'string', disabled: false })[0];
  if (problem === undefined) throw new Error('no problem found');
  return { field: problem.field, ...problemText(problem) };
}

describe('problemText', () => {
  it('names rule and what is allowed, in both languages', () => {
    const condition = { type: 'datetime', subject: 't', predicate: '=', objects: ['2026-01-31T18:30:00Z'] };
    expect(firstText({ name: 'early {type} $&', conditions: [condition], serve: { select: 0 } })).toEqual({
      field: 'content.rules[0].conditions[0].predicate',
      en: '(rule "early {type} $&") must be one of after, before, between for type datetime',
      zh: '（规则 "early {type} $&"）类型为 datetime 时必须是以下之一：after, before, between',
    });
  });

  it.each([
    ['number', '=', 'Invalid number'],
    ['datetime', 'after', 'Invalid datetime'],
    ['semver', '=', 'Invalid version'],
  ])("uses FeatureProbe's words for type %s", (type, predicate, words) => {
    const condition = { type, subject: 'x', predicate, objects: ['nope'] };
    expect(firstText({ conditions: [condition], serve: { select: 0 } }).en).toContain(`${words} "nope"`);
  });

  it('has the sentence of FeatureProbe for what is too long', () => {
    expect(PROBLEM_TEXTS.content_over_limit.en).toContain('Rule content length exceeded (<1M).');
  });

  it('fills every placeholder', () => {
    const texts = [
      firstText({ conditions: [], serve: { select: 7 } }),
      firstText({ conditions: [{ type: 'x' }], serve: { split: [1] } }),
      firstText({ conditions: null, serve: { split: [1, 2] } }),
    ];
    for (const { en, zh } of texts) expect(en + zh).not.toMatch(/[{}]/);
  });
});
