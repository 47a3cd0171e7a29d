import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DomainError, type Locale } from '../errors/index.js';

/** What a member may do in an organization. */
export type MemberRole = 'OWNER' | 'WRITER';

/** Who is calling, as the access guard found out. */
export interface Principal {
  readonly memberId: number;
  /** The account, which is also the operator that events and rows carry. */
  readonly account: string;
  readonly organizationId: number;
  readonly role: MemberRole;
}

/** What belongs to one API call and is wanted far from the controller. */
export interface RequestScope {
  /** When the call came in, epoch milliseconds: the `timestamp` of the events it causes. */
  readonly startedAt: number;
  readonly locale: Locale;
  /** W3C trace context: of the caller, or begun here. */
  readonly traceparent: string;
  principal?: Principal;
}

/** The scope of the call under way, carried along the asynchronous call chain. */
@Injectable()
export class RequestContext implements OnApplicationShutdown {
  readonly #scopes = new AsyncLocalStorage<RequestScope>();

  run<T>(scope: RequestScope, work: () => T): T {
    return this.#scopes.run(scope, work);
  }

  /** A storage in use costs at every promise its process makes, for as long as the process lives. */
  onApplicationShutdown(): void {
    this.#scopes.disable();
  }

  /** The scope, or undefined where the platform acts by itself. */
  get current(): RequestScope | undefined {
    return this.#scopes.getStore();
  }

  /** @throws DomainError `unauthorized` where nobody is signed in. */
  get principal(): Principal {
    const principal = this.current?.principal;
    if (!principal) throw new DomainError('unauthorized');
    return principal;
  }

  get organizationId(): number {
    return this.principal.organizationId;
  }

  /** The account in whose name rows and events are written; `system` where the platform acts by itself. */
  get operator(): string {
    return this.current?.principal?.account ?? 'system';
  }
}
