import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, LineSplitter, type LongLine } from './line-splitter.js';

function split(text: string, cuts: readonly number[] = [], limit = 1000): (Line | LongLine)[] {
  const bytes = Buffer.from(text);
  const splitter = new LineSplitter(limit);
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const lines = edges
    .slice(1)
    .flatMap((edge, index) => [...splitter.push(bytes.subarray(edges[index], edge))]);
  return [...lines, ...splitter.end()];
}

const texts = (lines: readonly (Line | LongLine)[]): string[] =>
  lines.map((line) => ('bytes' in line ? line.bytes.toString() : `${line.quotes} quotes`));

describe('LineSplitter', () => {
  it('cuts at line feeds, wherever the pieces end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '"', '\r', '\n') }), { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (words, cuts) => {
          const text = words.join('\n');
          const lines = split(text, cuts);
          const expected = text.split('\n');
          if (expected.at(-1) === '') expected.pop();
          expect(texts(lines)).toEqual(expected);
          expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
        },
      ),
    );
  });

  it('leaves out a byte order mark at the beginning, and no other', () => {
    for (const cuts of [[], [1], [2], [1, 2, 3]])
      expect(texts(split('\ufeffa\n\ufeffb', cuts))).toEqual(['a', '\ufeffb']);
  });

  it('counts the quotes of a line that is too long, and goes on with the next', () => {
    const long = `"${'x'.repeat(20)}"y"`;
    for (const cuts of [[], [5], [3, 12, 25], [12, 13, 14, 15, 16]])
      expect(texts(split(`a\n${long}\n${'b'.repeat(10)}\n`, cuts, 10))).toEqual([
        'a',
        '3 quotes',
        'b'.repeat(10),
      ]);
    expect(texts(split(long, [7], 10))).toEqual(['3 quotes']);
  });
});
