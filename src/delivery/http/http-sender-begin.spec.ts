import { expect, it } from 'vitest';
import { EgressGuard } from '../egress/egress-guard.js';
import { EgressPolicy } from '../egress/egress-policy.js';
import type { Exchange, OutgoingRequest } from './exchange.js';
import { HttpSender } from './http-sender.js';

const REQUEST: OutgoingRequest = { url: 'http://8.8.8.8/', headers: {}, body: '{}', timeoutMs: 1_000 };

/** Begins it; tells what came of it, and whether that was known before the call had returned. */
async function outcome(sender: HttpSender, request: OutgoingRequest): Promise<[Exchange, boolean]> {
  let returned = false;
  const answer = new Promise<[Exchange, boolean]>((resolve) => {
    sender.begin(request, (exchange) => resolve([exchange, !returned]));
  });
  returned = true;
  return answer;
}

it.each([
  ['an address that the guard refuses', { ...REQUEST, url: 'http://127.0.0.1/' }, 'egress'],
  ['no address', { ...REQUEST, url: 'nowhere' }, 'other'],
  ['headers that undici refuses', { ...REQUEST, headers: { 'X-Line': 'a\nb' } }, 'other'],
])('calls back after it has returned, of %s too', async (_case, request, reason) => {
  const sender = new HttpSender(new EgressGuard(EgressPolicy.parse([])), { proxyFromEnvironment: false });
  const [exchange, early] = await outcome(sender, request);
  expect(exchange).toMatchObject({ kind: 'failure', reason });
  expect(early).toBe(false);
  await sender.close();
  const [afterwards, tooEarly] = await outcome(sender, request);
  expect(afterwards).toMatchObject({ kind: 'failure', reason: 'aborted' });
  expect(tooEarly).toBe(false);
});
