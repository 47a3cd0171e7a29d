import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { concatMap, type Observable } from 'rxjs';
import { RaisedEpoch } from '../members/index.js';
import { Sessions } from './sessions.js';
import { FRESH_TOKEN_HEADER, type SignedInRequest } from './signed-in-request.js';

/** Gives callers who changed their own password, and so ended all their sessions, one that counts. */
@Injectable()
export class SessionRenewalInterceptor implements NestInterceptor {
  constructor(
    private readonly raisedEpoch: RaisedEpoch,
    private readonly sessions: Sessions,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        const sessionEpoch = this.raisedEpoch.ofThisCall;
        if (sessionEpoch !== undefined) await this.#renew(execution, sessionEpoch);
        return answer;
      }),
    );
  }

  async #renew(execution: ExecutionContext, sessionEpoch: number): Promise<void> {
    const http = execution.switchToHttp();
    const { member, principal } = http.getRequest<SignedInRequest>();
    if (!member || !principal) return;
    const token = await this.sessions.issue({ ...member, sessionEpoch }, principal.organizationId);
    void http.getResponse<FastifyReply>().header(FRESH_TOKEN_HEADER, token);
  }
}
