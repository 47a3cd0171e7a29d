import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { EgressGuard } from '../../src/delivery/egress/egress-guard.js';
import { EgressPolicy } from '../../src/delivery/egress/egress-policy.js';
import type { Exchange, OutgoingRequest } from '../../src/delivery/http/exchange.js';
import { HttpSender } from '../../src/delivery/http/http-sender.js';

export const CRLF = '\r\n';

/** A receiver that is as rude as a test wants: raw TCP, told of each whole request. */
export interface RawReceiver {
  readonly url: string;
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** A sender that may reach loopback, and the raw receivers it sends to. */
export class RawExchange {
  readonly servers: Server[] = [];
  readonly #sender = new HttpSender(new EgressGuard(EgressPolicy.parse(['127.0.0.1/32'])), {
    proxyFromEnvironment: false,
  });

  receiver = async (onRequest: (socket: Socket, count: number) => void): Promise<RawReceiver> => {
    const requests: string[] = [];
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      let pending = '';
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        pending += chunk.toString('latin1');
        const head = pending.indexOf(CRLF + CRLF);
        const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0);
        if (head < 0 || pending.length < head + 4 + length) return;
        requests.push(pending.slice(0, head + 4 + length));
        pending = pending.slice(head + 4 + length);
        onRequest(socket, requests.length);
      });
    });
    this.servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, requests, sockets };
  };

  /** Answers every request with these bytes, and does no more. */
  saying = (...lines: string[]): Promise<RawReceiver> =>
    this.receiver((socket) => socket.write(lines.join(CRLF)));

  send = (url: string, more: Partial<OutgoingRequest> = {}): Promise<Exchange> =>
    this.#sender.send({
      url,
      headers: { 'User-Agent': 'FeatureProbe-Webhook/1.0' },
      body: '{}',
      timeoutMs: 3_000,
      ...more,
    });

  async close(): Promise<void> {
    await this.#sender.close();
    for (const server of this.servers) server.close();
  }
}
