/** A message of a stream of server-sent events, as far as Flagpost's has them. */
export interface StreamMessage {
  readonly id: string;
  readonly data: string;
}

/**
 * Reads messages until the stream ends. Comments are passed over; `onRetry` hears how long to wait before connecting again,
 * milliseconds.
 */
export async function* readMessages(
  body: AsyncIterable<Uint8Array>,
  onRetry: (milliseconds: number) => void,
): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    // What has not ended yet is not a block: a connection that breaks off leaves half a message behind.
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = fieldsOf(block);
      const { id, data, retry } = fields;
      if (retry !== undefined && /^\d+$/.test(retry)) onRetry(Number(retry));
      if (id !== undefined && data !== undefined) yield { id, data };
    }
  }
}

function fieldsOf(block: string): Record<string, string | undefined> {
  const lines = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((match) => (match ? [[match[1] ?? '', match[2]]] : [])));
}
