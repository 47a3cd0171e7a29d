// A webhook receiver for Flagpost, with nothing but Node.
//   SECRET=… node receiver.mjs

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const PORT = Number(process.env.PORT ?? 9000);
const SECRET = process.env.SECRET;
const MAX_BODY = 4 * 1024 * 1024;
const MAX_IDS = 10_000;
const TOLERANCE_SECONDS = 5 * 60;

if (!SECRET) {
  console.error('SECRET must be the secret key of the webhook');
  process.exit(1);
}

/** The bytes as they came: parsing JSON and writing it again would change them, and so the signature. */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // Read on past the limit without keeping it, so that the sender gets to see the answer.
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  return size <= MAX_BODY ? Buffer.concat(chunks) : undefined;
}

const hmac = (algorithm, ...parts) =>
  parts.reduce((mac, part) => mac.update(part), createHmac(algorithm, SECRET)).digest('base64');

/** `===` stops at the first difference, and the time it takes tells how much of a guess was right. */
function same(given, expected) {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function isSigned(headers, body) {
  if (!same(headers['x-featureprobe-sign'] ?? '', hmac('sha1', body))) return false;
  return headers['webhook-signature'] === undefined || isStandardSigned(headers, body);
}

/** Standard Webhooks: covers the time too, so that a request caught on its way is of no use later. */
function isStandardSigned(headers, body) {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = headers;
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= TOLERANCE_SECONDS)) return false;
  const expected = `v1,${hmac('sha256', `${id}.${timestamp}.`, body)}`;
  // While a secret is being rotated there are two signatures, a blank between them.
  return headers['webhook-signature'].split(' ').some((signature) => same(signature, expected));
}

const seen = new Set();

/** A Set keeps the order of insertion, so its first entry is the oldest. */
function isRepeat(id) {
  if (id === undefined) return false;
  if (seen.has(id)) return true;
  seen.add(id);
  if (seen.size > MAX_IDS) seen.delete(seen.values().next().value);
  return false;
}

function work(body) {
  const event = JSON.parse(body.toString('utf8'));
  const keys = ['projectKey', 'environmentKey', 'toggleKey', 'segmentKey']
    .filter((name) => name in event)
    .map((name) => `${name}=${event[name]}`);
  console.log([`${event.resource}.${event.action}`, event.operator, ...keys].join(' '));
}

async function receive(request, response) {
  const body = await readBody(request);
  if (!body) return response.writeHead(413).end('body too large\n');
  // Only a request proven genuine may enter its id, else a forger could make us drop real events.
  if (!isSigned(request.headers, body)) return response.writeHead(401).end('bad signature\n');
  const repeat = isRepeat(request.headers['webhook-id']);
  response.writeHead(200).end('ok\n');
  if (!repeat) work(body);
}

createServer((request, response) => {
  receive(request, response).catch((error) => {
    console.error(error.message);
    if (!response.writableEnded) response.destroy();
  });
}).listen(PORT, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${PORT}`));
