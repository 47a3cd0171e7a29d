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
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @throws RefusedError with what the API says; TypeError when nobody answers. */
  async get(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(this.url + path, {
      headers: { Authorization: this.token, ...headers },
      signal,
    });
    if (response.ok) return response;
    const text = await response.text();
    const message = `${path.split('?')[0]} answered ${response.status}: ${messageOf(text)}`;
    throw response.status < 500 ? new RefusedError(message) : new Error(message);
  }

  async webhook(id: number): Promise<ListenedWebhook> {
    return (await (await this.get(`/api/webhooks/${id}`)).json()) as ListenedWebhook;
  }

  /** The cursor that stands after all events there are. */
  async newestCursor(): Promise<string> {
    const page = (await (await this.get('/api/events?limit=1')).json()) as { content: FeedEvent[] };
    return page.content[0]?.id ?? '0';
  }
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message);
  } catch {
    return text.slice(0, 200);
  }
}
