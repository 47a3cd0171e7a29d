/** An answer of the API, its body parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Bodies are of every shape; tests look into them freely.
  readonly body: Json;
}

/** Parsed JSON of any shape. */
export type Json = ReturnType<typeof JSON.parse>;

/** Calls the HTTP API as a client would. */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    readonly headers: Record<string, string> = {},
  ) {}

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.call('POST', path, body);
  }

  patch(path: string, body?: unknown): Promise<Answer> {
    return this.call('PATCH', path, body);
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.call('DELETE', path, body);
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.raw(method, path, body === undefined ? undefined : JSON.stringify(body));
  }

  /** Sends text as it is, with a JSON content type. */
  async raw(method: string, path: string, body?: string): Promise<Answer> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...this.headers },
      body,
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : parse(text),
    };
  }

  /** The same, expecting 200; answers the body. */
  async ok(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.call(method, path, body);
    if (answer.status !== 200) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  /** A client that sends these headers in place of its own. */
  as(headers: Record<string, string>): ApiClient {
    return new ApiClient(this.baseUrl, headers);
  }

  /** A client signed in as this account. */
  async login(account: string, password: string): Promise<ApiClient> {
    const session = await this.ok('POST', '/api/login', { account, password, source: 'platform' });
    return new ApiClient(this.baseUrl, {
      Authorization: `Bearer ${session.token}`,
      'X-OrganizeID': String(session.organizeId),
    });
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
