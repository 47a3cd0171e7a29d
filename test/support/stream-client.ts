import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { ApiClient, Json } from './api-client.js';
import { waitFor } from './wait-for.js';

/** A message of a stream, its data parsed. */
export interface StreamMessage {
  readonly id: string | undefined;
  readonly data: Json;
}

/** Listens to server-sent events as a client would, over one connection that stays open until one side ends it. */
export class StreamClient {
  readonly messages: StreamMessage[] = [];
  readonly comments: string[] = [];
  retry: number | undefined;
  /** How it ended: `end` by the server's doing, `error` when the connection broke; undefined while it is open. */
  ended: 'end' | 'error' | undefined;
  #rest = '';

  private constructor(
    readonly response: IncomingMessage,
    private readonly request: ClientRequest,
  ) {
    response.setEncoding('utf8');
    response.once('end', () => (this.ended ??= 'end')).once('error', () => (this.ended ??= 'error'));
  }

  /** Connected and reading; the server has begun to answer 200. */
  static async open(
    client: ApiClient,
    path = '/api/events/stream',
    headers: Record<string, string> = {},
  ): Promise<StreamClient> {
    const stream = await StreamClient.connect(client, path, headers);
    stream.response.on('data', (text: string) => stream.#take(text));
    await waitFor(() => stream.retry !== undefined, 'the beginning of the stream');
    return stream;
  }

  /** Connected, and reading nothing. */
  static async connect(
    client: ApiClient,
    path = '/api/events/stream',
    headers: Record<string, string> = {},
  ): Promise<StreamClient> {
    const request = httpRequest(client.baseUrl + path, {
      headers: { ...client.headers, Accept: 'text/event-stream', 'Accept-Encoding': 'gzip', ...headers },
      agent: false,
    }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`The stream answered ${response.statusCode}`);
    request.on('error', () => undefined);
    return new StreamClient(response, request);
  }

  get ids(): (string | undefined)[] {
    return this.messages.map(({ id }) => id);
  }

  async waitFor(count: number): Promise<readonly StreamMessage[]> {
    await waitFor(() => this.messages.length >= count, `${count} messages, not ${this.messages.length}`);
    return this.messages;
  }

  close(): void {
    this.request.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#takeBlock(block.split('\n'));
  }

  #takeBlock(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field('data');
    if (data !== undefined) this.messages.push({ id: field('id'), data: JSON.parse(data) });
    const retry = field('retry');
    if (retry !== undefined) this.retry = Number(retry);
    this.comments.push(...lines.filter((line) => line.startsWith(':')));
  }
}
