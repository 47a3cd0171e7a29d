import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorKey } from '../errors/index.js';
import { localeOf } from './locale.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What the router and the HTTP parser find wrong, by their codes; anything else is a malformed request. */
const KEYS: Readonly<Record<string, ErrorKey>> = {
  FST_ERR_BAD_URL: 'url_malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'url_too_long',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Answers what the router refuses before there is a route, and so before the error filter could see it. */
export function answerRouterError(
  error: { readonly code: string },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const problem = problemOf(error);
  void reply
    .status(problem.definition.status)
    .header('Content-Type', JSON_TYPE)
    .header('Access-Control-Allow-Origin', '*')
    .send(bodyOf(problem, request.headers['accept-language']));
}

/** Answers what the HTTP parser could not read: there is no request, only a socket, on which nothing more can be said. */
export function answerParserError(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const problem = problemOf(error);
  const { status } = problem.definition;
  const body = bodyOf(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Access-Control-Allow-Origin: *',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Refuses what HTTP/1.1 forbids. Node would do so too, but with an empty body, from which clients learn nothing. */
export function demandHost(
  request: FastifyRequest,
  _reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const isMissing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
  done(isMissing ? new DomainError('request_malformed') : undefined);
}

function problemOf({ code }: { readonly code?: string }): DomainError {
  return new DomainError(KEYS[code ?? ''] ?? 'request_malformed');
}

function bodyOf(problem: DomainError, acceptLanguage?: string): string {
  return JSON.stringify({
    code: problem.definition.code,
    message: problem.localized(localeOf(acceptLanguage)),
  });
}
