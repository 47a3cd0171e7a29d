/** The thread that speaks to receivers: see `ThreadSender`, which starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import { EgressGuard } from '../../egress/egress-guard.js';
import { EgressPolicy } from '../../egress/egress-policy.js';
import type { Exchange } from '../exchange.js';
import { HttpSender } from '../http-sender.js';
import type { ThreadOptions } from './thread-sender.js';
import { packExchange, sharedMs, unpackRequests, type NumberedRequest, type Wire } from './wire.js';

const { egressAllow, proxyFromEnvironment } = workerData as ThreadOptions;
const sender = new HttpSender(new EgressGuard(EgressPolicy.parse([...egressAllow])), {
  proxyFromEnvironment,
});

let outcomes: Wire = [];

function begin({ id, at, request }: NumberedRequest): void {
  // The deadline runs from when it was handed over, however long this thread took to see it.
  const timeoutMs = request.timeoutMs - Math.round(sharedMs() - at);
  if (timeoutMs > 0) return sender.begin({ ...request, timeoutMs }, (exchange) => report(id, exchange));
  const message = `not sent within ${request.timeoutMs} ms: this process had too much to do`;
  return report(id, { kind: 'failure', reason: 'timeout', message, durationMs: request.timeoutMs });
}

/** What ends within one turn of the event loop goes back together. */
function report(id: number, exchange: Exchange): void {
  if (outcomes.length === 0) setImmediate(flush);
  packExchange(outcomes, id, exchange);
}

function flush(): void {
  const wire = outcomes;
  outcomes = [];
  parentPort?.postMessage(wire);
}

parentPort?.on('message', (wire: Wire | 'close') => {
  if (wire !== 'close') {
    for (const request of unpackRequests(wire)) begin(request);
    return;
  }
  void sender.close().then(() => {
    if (outcomes.length > 0) flush();
    parentPort?.close();
  });
});
