import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the signature of a request turned out. */
export type Verified = 'verified' | 'WRONG' | 'none' | 'not checked (no secret given)';

/** A webhook request as it came in. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly signature: Verified;
}

/** A small receiver on loopback: checks the signature over the raw bytes, answers, and hands on what came. */
export class DemoReceiver {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Port 0 takes any free one. Requests whose signature is wrong are answered 401, others 200. */
  static async start(
    port: number,
    secret: string | undefined,
    onArrival: (arrival: Arrival) => void,
  ): Promise<DemoReceiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const signature = verify(request.headers, body, secret);
        response.writeHead(signature === 'WRONG' || (secret && signature === 'none') ? 401 : 200).end();
        onArrival({ headers: request.headers, body: body.toString('utf8'), signature });
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new DemoReceiver(server, (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** Where signatures stand, and how they are made: of events, and of requests to channels. */
const SIGNATURES = [
  { header: 'x-featureprobe-sign', algorithm: 'sha1', encoding: 'base64' },
  { header: 'x-gio-signature', algorithm: 'sha256', encoding: 'hex' },
] as const;

function verify(headers: IncomingHttpHeaders, body: Buffer, secret: string | undefined): Verified {
  const signature = SIGNATURES.find(({ header }) => typeof headers[header] === 'string');
  if (!signature) return 'none';
  if (secret === undefined) return 'not checked (no secret given)';
  const { header, algorithm, encoding } = signature;
  const expected = createHmac(algorithm, secret).update(body).digest();
  const given = Buffer.from(String(headers[header]), encoding);
  return given.length === expected.length && timingSafeEqual(given, expected) ? 'verified' : 'WRONG';
}

/** A request as a few lines for a person to read. */
export function describeArrival({ headers, body, signature }: Arrival): string {
  const shown = [
    'x-featureprobe-event',
    'x-featureprobe-attempt',
    'x-featureprobe-sign',
    'webhook-id',
    'x-flagpost-order',
    'x-gio-signature',
  ];
  const lines = shown
    .filter((name) => headers[name] !== undefined)
    .map((name) => `    ${name}: ${String(headers[name])}`);
  return [`  ◀ request, signature ${signature}`, ...lines, `    ${body}`, '', ''].join('\n');
}
