import type { FastifyRequest } from 'fastify';
import { DomainError } from '../errors/index.js';

/** What tells how a process is doing. */
const PROBES = /^\/(actuator\/|metrics(\?|$))/;

/** For a process that serves no API: there is nothing but its health and metrics. */
export function serveProbesOnly(
  { method, url }: FastifyRequest,
  _reply: unknown,
  done: (error?: Error) => void,
): void {
  const [path = ''] = url.split('?');
  done(PROBES.test(url) ? undefined : new DomainError('route_not_found', { method, path }));
}
