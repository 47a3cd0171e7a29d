import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import { fetch, Request, Response } from 'undici';
import { Settings } from '../../platform/config/index.js';
import { EgressGuard } from '../egress/egress-guard.js';
import { ConnectionPhases } from './connection-phases.js';
import { explain } from './failure.js';
import { dispatcherFor } from './http-sender.js';

/** What a call came to: the answer's status and whole text, or in plain words why there is none. */
export type CallResult =
  | { readonly kind: 'answer'; readonly statusCode: number; readonly text: string }
  | { readonly kind: 'failure'; readonly message: string };

export interface CallLimits {
  /** One deadline for all of it, milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of an answer, decompressed, at the most. */
  readonly maxBytes: number;
}

/**
 * Asks other systems for something, as opposed to delivering to them. Connections are made as deliveries' are: only to addresses that the
 * egress guard has checked at that very moment, so that a name which resolves differently the second time gains nothing. Redirects
 * are not followed.
 */
@Injectable()
export class GuardedClient implements OnApplicationShutdown {
  readonly #axios: AxiosInstance;
  readonly #dispatcher: ReturnType<typeof dispatcherFor>;
  readonly #proxied: boolean;

  constructor(
    private readonly guard: EgressGuard,
    { egressProxyFromEnvironment: proxyFromEnvironment }: Settings,
  ) {
    this.#proxied = proxyFromEnvironment;
    this.#dispatcher = dispatcherFor(guard, new ConnectionPhases(), { proxyFromEnvironment });
    this.#axios = axios.create({
      adapter: 'fetch',
      // Undici's own, since those of Node are of another version and know nothing of its dispatchers.
      env: { fetch, Request, Response } as unknown as NonNullable<AxiosInstance['defaults']['env']>,
      fetchOptions: { dispatcher: this.#dispatcher },
      maxRedirects: 0,
      responseType: 'text',
      transformResponse: [],
      validateStatus: () => true,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  /** Posts a value as JSON. Never rejects: whatever happens is an answer or a failure. */
  async post(url: string, value: object, limits: CallLimits): Promise<CallResult> {
    const refusal = await this.#refusalOf(url);
    if (refusal !== undefined) return { kind: 'failure', message: refusal };
    try {
      const { status, data } = await this.#axios.post<string>(url, JSON.stringify(value), {
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'User-Agent': 'Flagpost' },
        timeout: limits.timeoutMs,
        maxContentLength: limits.maxBytes,
      });
      return { kind: 'answer', statusCode: status, text: data };
    } catch (error) {
      return { kind: 'failure', message: wordsFor(error, limits) };
    }
  }

  /** A proxy looks names up itself, past the guarded look-up of the connector, so the target is checked before. */
  async #refusalOf(url: string): Promise<string | undefined> {
    if (!URL.canParse(url)) return 'the URL is not valid';
    const verdict = this.#proxied ? await this.guard.check(url) : this.guard.checkUrl(new URL(url));
    return verdict.allowed ? undefined : verdict.reason;
  }
}

function wordsFor(error: unknown, { timeoutMs, maxBytes }: CallLimits): string {
  if (!(error instanceof AxiosError)) return explain(error).message;
  if (error.code === AxiosError.ETIMEDOUT) return `no whole answer within ${timeoutMs} ms`;
  if (error.message.startsWith('maxContentLength')) return `the answer is over ${maxBytes} bytes`;
  // What undici's fetch says of a body that ends too early, whatever ended it.
  if (error.message === 'terminated') return 'the answer broke off before its end';
  return explain(error.cause ?? error).message;
}
