import { Api, type FeedEvent, type ListenedWebhook } from './api.js';
import { EventFeed } from './event-feed.js';
import type { FormSource } from '../webhooks/formats/body-form.js';
import { Forwarder } from './forwarder.js';
import { parseOptions, USAGE, type ListenOptions } from './options.js';
import { reasonOf } from './reason.js';
import { Wanted } from './wanted.js';

/** `npm run listen`: the live feed in a terminal, one line an event, forwarded to a local receiver if asked for. */
async function main(args: string[]): Promise<void> {
  const options = parseOptions(args, process.env['FLAGPOST_TOKEN']);
  if (!options) return say(USAGE.trimEnd());
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const api = new Api(options.url, options.token);
  const webhook = options.webhookId === undefined ? undefined : await api.webhook(options.webhookId);
  const forwarder =
    options.forward === undefined ? undefined : forwarderOf(options, options.forward, webhook);
  const wanted = webhook && new Wanted(webhook);
  const filters = { ...wanted?.feedFilters, ...(options.since && { since: options.since }) };
  // A cursor from the start, so that nothing is missed if the first connection breaks before the first event.
  const after = options.since ? '0' : await api.newestCursor();
  announce(options, webhook);
  const feed = new EventFeed(api, (reason) => complain(`Connection lost (${reason}), trying again …`));
  for await (const event of feed.follow(after, filters, stop.signal)) {
    if (wanted && !wanted.includes(event)) continue;
    const outcome = await forwarder?.forward(event);
    say(describe(event) + (outcome === undefined ? '' : `  → ${outcome}`));
  }
}

function forwarderOf(options: ListenOptions, url: string, webhook: ListenedWebhook | undefined): Forwarder {
  const secret = options.secret ?? webhook?.secretKey;
  if (!secret)
    complain('Forwarding unsigned: give --secret, or a webhook that has one and the token of an owner');
  return new Forwarder({ url, secret, form: formOf(webhook) });
}

/** Without a webhook: as one whose maker said nothing. */
function formOf(webhook: ListenedWebhook | undefined): FormSource {
  return {
    format: webhook?.format ?? 'FEATUREPROBE',
    template: webhook?.template ?? null,
    templateContentType: webhook?.templateContentType ?? null,
    maskSdkKeys: webhook?.maskSdkKeys ?? false,
  };
}

function announce({ url, forward }: ListenOptions, webhook: ListenedWebhook | undefined): void {
  const what = webhook ? `what webhook ${webhook.id} "${webhook.name}" wants` : 'all events';
  const disabled = webhook?.status === 'DISABLE' ? ' (it is disabled, and gets nothing itself)' : '';
  say(
    `Listening to ${what} of ${url}${disabled}${forward ? `, forwarding to ${forward}` : ''}. Ctrl-C ends it.`,
  );
}

/** One line: when, what, who, where. */
function describe(event: FeedEvent): string {
  const keys = (['projectKey', 'environmentKey', 'toggleKey', 'segmentKey'] as const)
    .filter((name) => event[name] !== undefined)
    .map((name) => `${name}=${event[name]}`);
  const at = new Date(event.timestamp).toISOString();
  return [at, `${event.resource}.${event.action}`, event.operator, ...keys].join(' ');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    complain(reasonOf(error));
    process.exit(1);
  },
);
