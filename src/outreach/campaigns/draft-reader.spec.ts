import { describe, expect, it } from 'vitest';
import { changed, readContent, type RawContent } from './draft-reader.js';

const message = (raw: RawContent): string => {
  try {
    readContent(raw);
    return 'fine';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('content of a draft', () => {
  it('may be missing, incomplete and senseless', () => {
    expect(readContent({})).toEqual({});
    const odd = {
      segmentKey: '',
      steps: [{}, { touchpointId: -1.5, priority: 1e300 }],
      mode: 'SOMETIMES',
      templateValues: { amount: 100, text: '', flag: false, codes: ['a'], none: [] },
      trigger: { type: 'NEVER', on: [99.5], occurrence: -1, at: 'soon' },
    };
    expect(readContent(odd)).toEqual(odd);
  });

  it('loses what nobody knows, and nulls inside', () => {
    const raw = {
      name: 'not content',
      steps: [{ touchpointId: 1, priority: null, more: 1 }],
      trigger: { type: 'ONCE', at: null, constructor: 'x' },
    };
    expect(readContent(raw)).toEqual({ steps: [{ touchpointId: 1 }], trigger: { type: 'ONCE' } });
  });

  it.each<[string, RawContent]>([
    ['segmentKey must be text', { segmentKey: 5 }],
    ['steps must be a list', { steps: {} }],
    ['steps[1] must be an object', { steps: [{}, 7] }],
    ['steps[0] must be an object', { steps: [[]] }],
    ['steps[0].touchpointId must be a number', { steps: [{ touchpointId: '1' }] }],
    ['steps[0].priority must be a number', { steps: [{ priority: true }] }],
    ['steps must have at most 50 entries', { steps: Array.from({ length: 51 }, () => ({})) }],
    ['mode must be text', { mode: ['ALL'] }],
    ['templateValues must be an object', { templateValues: [] }],
    [
      'templateValues.a must be text, a number, true or false, or a list of texts',
      { templateValues: { a: {} } },
    ],
    [
      'templateValues.a must be text, a number, true or false, or a list of texts',
      { templateValues: { a: null } },
    ],
    [
      'templateValues.a must be text, a number, true or false, or a list of texts',
      { templateValues: { a: [1] } },
    ],
    [
      'templateValues.a must be text, a number, true or false, or a list of texts',
      { templateValues: { a: Infinity } },
    ],
    ['trigger must be an object', { trigger: 'ONCE' }],
    ['trigger.type must be text', { trigger: { type: 1 } }],
    ['trigger.at must be text', { trigger: { at: 1795312800412 } }],
    ['trigger.on must be a list', { trigger: { on: 1 } }],
    ['trigger.on[1] must be a number', { trigger: { on: [1, '2'] } }],
    ['trigger.occurrence must be a number', { trigger: { occurrence: Infinity } }],
  ])('is refused: %s', (problem, raw) => expect(message(raw)).toBe(problem));

  it('takes any name of a template value for a name', () => {
    const templateValues: unknown = JSON.parse('{"__proto__": "a", "constructor": 1}');
    const read = readContent({ templateValues });
    expect(JSON.stringify(read)).toBe('{"templateValues":{"__proto__":"a","constructor":1}}');
  });

  it('changes field by field; null takes one out', () => {
    const before = { segmentKey: 'vip', mode: 'ALL', steps: [{ touchpointId: 1 }] };
    const change = readContent({ segmentKey: null, mode: undefined, steps: [] });
    expect(changed(before, change)).toEqual({ mode: 'ALL', steps: [] });
  });
});
