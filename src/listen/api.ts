import type { Readable } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import axios, { type AxiosInstance } from 'axios';
import type { DomainEvent } from '../events/domain-event.js';
import type { FormSource } from '../webhooks/formats/body-form.js';

/** What the API refuses: another try would be refused too. */
export class RefusedError extends Error {}

/** A webhook as far as listening needs it. */
export interface ListenedWebhook {
  readonly id: number;
  readonly name: string;
  readonly status: 'ENABLE' | 'DISABLE';
  /** For owners alone. */
  readonly secretKey?: string;
  readonly events: readonly string[];
  readonly projectKeys?: readonly string[];
  readonly environmentKeys?: readonly string[];
  readonly toggleKeys?: readonly string[];
  readonly format: FormSource['format'];
  readonly template?: string;
  readonly templateContentType?: string;
  readonly maskSdkKeys: boolean;
}

/** An element of the feed. */
export interface FeedEvent {
  readonly id: string;
  readonly resource: string;
  readonly action: string;
  readonly operator: string;
  readonly timestamp: number;
  readonly projectKey?: string;
  readonly environmentKey?: string;
  readonly toggleKey?: string;
  readonly segmentKey?: string;
  readonly data?: unknown;
  readonly changes?: DomainEvent['changes'];
}

/** Calls Flagpost's public API with an access token. */
export class Api {
  readonly #http: AxiosInstance;

  constructor(url: string, token: string) {
    this.#http = axios.create({
      baseURL: url,
      headers: { Authorization: token },
      proxy: false,
      responseType: 'stream',
      validateStatus: null,
    });
  }

  /**
   * Answers the body as it comes.
   * @throws RefusedError with what the API says; AxiosError when nobody answers.
   */
  async get(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Readable> {
    const { status, data } = await this.#http.get<Readable>(path, { headers, signal });
    if (status >= 200 && status < 300) return data;
    const message = `${path.split('?')[0]} answered ${status}: ${messageOf(await text(data))}`;
    throw status < 500 ? new RefusedError(message) : new Error(message);
  }

  async webhook(id: number): Promise<ListenedWebhook> {
    return (await json(await this.get(`/api/webhooks/${id}`))) as ListenedWebhook;
  }

  /** The cursor that stands after all events there are. */
  async newestCursor(): Promise<string> {
    const page = (await json(await this.get('/api/events?limit=1'))) as { content: FeedEvent[] };
    return page.content[0]?.id ?? '0';
  }
}

function messageOf(answer: string): string {
  try {
    return String((JSON.parse(answer) as { message?: unknown }).message);
  } catch {
    return answer.slice(0, 200);
  }
}
