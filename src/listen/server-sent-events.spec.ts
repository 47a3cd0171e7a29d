import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessages, type StreamMessage } from './server-sent-events.js';

const STREAM =
  'retry: 250\n\n: still here\n\nid: 1\ndata: {"name":"日本語 🚩"}\n\n: x\n\nid: 2\ndata: {}\n\nid: 3\ndata: {"cut';

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let turn = 0; from < bytes.length; turn += 1) {
    const to = from + (sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(from, to);
    from = to;
  }
}

describe(readMessages.name, () => {
  it('reads whole messages alone, however the stream is cut into chunks', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const messages: StreamMessage[] = [];
        const waits: number[] = [];
        const chunks = inChunks(new TextEncoder().encode(STREAM), lengths);
        for await (const message of readMessages(chunks, (wait) => waits.push(wait))) messages.push(message);
        expect(messages).toEqual([
          { id: '1', data: '{"name":"日本語 🚩"}' },
          { id: '2', data: '{}' },
        ]);
        expect(waits).toEqual([250]);
      }),
    );
  });
});
