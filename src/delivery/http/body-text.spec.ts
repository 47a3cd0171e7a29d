import { describe, expect, it } from 'vitest';
import { textOf } from './body-text.js';

const BYTES = Buffer.from('aé触🚩');

describe('textOf', () => {
  it('leaves no piece of a character where a body was cut', () => {
    const figures = { durationMs: 1, receivedBytes: BYTES.length };
    const texts = Array.from({ length: BYTES.length + 1 }, (_, limit) => textOf(BYTES, figures, limit));
    expect(texts).toEqual(['', 'a', 'a', 'aé', 'aé', 'aé', 'aé触', 'aé触', 'aé触', 'aé触', 'aé触🚩']);
  });

  it('does the same where it was cut while it was read', () => {
    expect(textOf(BYTES.subarray(0, 5), { durationMs: 1, receivedBytes: 10 })).toBe('aé');
  });

  it('shows a body that came whole as it is, broken or not', () => {
    expect(textOf(BYTES.subarray(0, 5), { durationMs: 1, receivedBytes: 5 })).toBe('aé\ufffd');
  });
});
