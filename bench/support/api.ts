import type { Readable } from 'node:stream';
import { Agent, request, type Dispatcher } from 'undici';
import { ADMIN_PASSWORD } from './server.js';

/** Calls the server's public API over kept connections, signed in as the first account. */
export class Api {
  private constructor(
    private readonly baseUrl: string,
    private readonly dispatcher: Agent,
    private readonly headers: Record<string, string>,
  ) {}

  static async signIn(baseUrl: string): Promise<Api> {
    const dispatcher = new Agent({ connections: 16 });
    const anonymous = new Api(baseUrl, dispatcher, {});
    const body = { account: 'Admin', password: ADMIN_PASSWORD, source: 'platform' };
    const session = (await anonymous.call('POST', '/api/login', body)) as {
      token: string;
      organizeId: number;
    };
    return new Api(baseUrl, dispatcher, {
      Authorization: `Bearer ${session.token}`,
      'X-OrganizeID': String(session.organizeId),
    });
  }

  /** Expects 200; answers the body. */
  async call(method: Dispatcher.HttpMethod, path: string, body?: unknown): Promise<unknown> {
    const response = await request(this.baseUrl + path, {
      dispatcher: this.dispatcher,
      method,
      headers: { 'Content-Type': 'application/json', ...this.headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200)
      throw new Error(`${method} ${path} answered ${response.statusCode}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** The same with a body that is not in memory at once. */
  async stream(path: string, contentType: string, body: Readable): Promise<unknown> {
    const response = await request(this.baseUrl + path, {
      dispatcher: this.dispatcher,
      method: 'POST',
      headers: { ...this.headers, 'Content-Type': contentType },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`POST ${path} answered ${response.statusCode}: ${text}`);
    return JSON.parse(text);
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
  }
}
