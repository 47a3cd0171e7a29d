import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseFull, isDatabaseUnavailable, isUniqueViolation } from '../database/dialect.js';
import { DomainError, ERRORS, ProblemsError, type Locale } from '../errors/index.js';
import { IdGenerator } from '../ids/id-generator.js';
import { Log } from '../log/logger.js';
import { BODY_LIMIT_BYTES } from './limits.js';
import { localeOf } from './locale.js';

/**
 * Turns whatever was thrown into `{code, message}`. Services throw errors of the catalogue; what the framework and the
 * database throw is mapped onto the catalogue here, and only here. Anything else is a defect: it is logged with an id
 * that the answer repeats, and answered as 500 without details.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly ids: IdGenerator,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error =
      toDomainError(exception, request) ??
      this.#databaseTrouble(exception, request) ??
      this.#defect(exception, request);
    if (reply.sent) return;
    const { status, code } = error.definition;
    const locale = localeOf(request.headers['accept-language']);
    if (status === 401) void reply.header('WWW-Authenticate', challengeFor(request));
    const { seconds } = error.params;
    if (status === 429 && typeof seconds === 'number') void reply.header('Retry-After', String(seconds));
    void reply
      .status(status)
      .header('Content-Type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ code, message: error.localized(locale), problems: problemsOf(error, locale) }));
  }

  /** Not a defect, and the caller may come again; but whoever runs this has to know. */
  #databaseTrouble(exception: unknown, request: FastifyRequest): DomainError | undefined {
    if (!isDatabaseUnavailable(exception) && !isDatabaseFull(exception)) return undefined;
    const key = isDatabaseFull(exception) ? 'database_full' : 'database_unavailable';
    this.log.error({ err: exception, method: request.method, path: pathOf(request) }, ERRORS[key].en);
    return new DomainError(key);
  }

  #defect(exception: unknown, request: FastifyRequest): DomainError {
    const id = this.ids.uuid();
    this.log.error(
      { err: exception, errorId: id, method: request.method, path: pathOf(request) },
      'request failed',
    );
    return new DomainError('internal', { id });
  }
}

/** One by one, for a form to show beside its fields; the message has them all, too. */
function problemsOf(error: DomainError, locale: Locale): { field: string; message: string }[] | undefined {
  if (!(error instanceof ProblemsError)) return undefined;
  return error.problems.map(({ field, problem }) => ({ field, message: problem[locale] }));
}

function toDomainError(exception: unknown, request: FastifyRequest): DomainError | undefined {
  if (exception instanceof DomainError) return exception;
  if (isUniqueViolation(exception)) return new DomainError('resource_exists');
  const status = statusOf(exception);
  if (status === ERRORS.route_not_found.status) {
    return new DomainError('route_not_found', {
      method: request.method,
      path: pathOf(request),
    });
  }
  if (status === ERRORS.body_too_large.status)
    return new DomainError('body_too_large', { limit: BODY_LIMIT_BYTES });
  if (status === 414 || status === 431 || status === 415 || status === 400)
    return new DomainError('body_malformed');
  return undefined;
}

/** What a 401 asks for: RFC 6750 has it say so where a token was shown, but is no good. */
function challengeFor({ headers: { authorization = '' } }: FastifyRequest): string {
  return /^Bearer /i.test(authorization) ? 'Bearer error="invalid_token"' : 'Bearer';
}

/** Without the query, which may carry a token. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}

/** The framework and the HTTP server both carry a status on what they throw. */
function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  if (typeof exception !== 'object' || exception === null) return undefined;
  return 'statusCode' in exception && typeof exception.statusCode === 'number'
    ? exception.statusCode
    : undefined;
}
