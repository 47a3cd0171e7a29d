import { parseArgs } from 'node:util';

export const USAGE = `Shows the events of a Flagpost as they happen, and sends them on to a receiver under development.

  npm run listen -- [--webhook ID] [--forward http://127.0.0.1:3000/hook] [--secret SECRET]
                    [--url http://127.0.0.1:4008] [--token TOKEN] [--since 2026-11-01T00:00:00Z]

  --webhook   only events that this webhook wants; without it, all
  --forward   posts each event there, as the webhook would: its form, headers and signatures
  --secret    signs what is forwarded; left out, the webhook's own, which only owners may read
  --url       where Flagpost is; http://127.0.0.1:4008 unless given
  --token     an access token of Flagpost; better in the variable FLAGPOST_TOKEN, where other users can't see it
  --since     begins with the events from then on: ISO 8601 or epoch milliseconds; without it, begins now
`;

const DEFAULT_URL = 'http://127.0.0.1:4008';

/** What the command line asks for. */
export interface ListenOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  readonly webhookId: number | undefined;
  readonly since: string | undefined;
  readonly forward: string | undefined;
  readonly secret: string | undefined;
}

/**
 * Reads the command line; undefined when it asks for help.
 * @param fallbackToken the token where `--token` is not given
 * @throws Error that says what is wrong
 */
export function parseOptions(args: string[], fallbackToken: string | undefined): ListenOptions | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      webhook: text,
      forward: text,
      secret: text,
      url: text,
      token: text,
      since: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const token = values.token ?? fallbackToken;
  if (!token)
    throw new Error('A token is needed: make one in Flagpost and set FLAGPOST_TOKEN, or give --token');
  return {
    url: urlOf('--url', values.url ?? DEFAULT_URL).replace(/\/+$/, ''),
    token,
    webhookId: values.webhook === undefined ? undefined : idOf(values.webhook),
    since: values.since,
    forward: values.forward === undefined ? undefined : urlOf('--forward', values.forward),
    secret: values.secret,
  };
}

function urlOf(option: string, text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(`${option} must be a URL such as ${DEFAULT_URL}, not "${text}"`);
  return text;
}

function idOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--webhook must be the number of a webhook, not "${text}"`);
  return Number(text);
}
