import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from './wait-for.js';
import type { Json } from './api-client.js';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  /** The body's exact bytes. */
  readonly bytes: Buffer;
  readonly body: Json;
  readonly at: number;
}

type Reply = (request: Received, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on loopback that remembers what it got and answers as told; 200 unless told otherwise. */
export class Receiver {
  readonly received: Received[] = [];
  reply: Reply = (_request, response) => {
    response.writeHead(200).end('ok');
  };

  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const received: Received = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          rawHeaders: request.rawHeaders,
          bytes,
          body: parse(bytes.toString('utf8')),
          at: Date.now(),
        };
        receiver.received.push(received);
        void receiver.reply(received, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Requests of one event name, such as `TOGGLE.PUBLISH`. */
  of(name: string): Received[] {
    return this.received.filter((request) => request.headers['x-featureprobe-event'] === name);
  }

  /** Waits until `count` requests of that name came, and answers them. */
  async waitFor(name: string, count = 1): Promise<Received[]> {
    return waitFor(() => (this.of(name).length >= count ? this.of(name) : undefined), `${count} of ${name}`);
  }

  answerWith(status: number, headers: Record<string, string> = {}, body = ''): void {
    this.reply = (_request, response) => {
      response.writeHead(status, headers).end(body);
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
