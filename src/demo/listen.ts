import { parseArgs } from 'node:util';
import { DemoReceiver, describeArrival } from './receiver.js';

const DEFAULT_PORT = '9000';

/** Prints each request that arrives until it is stopped with Ctrl-C. With `--secret` the signatures are checked. */
export async function listen(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { port: { type: 'string', default: DEFAULT_PORT }, secret: { type: 'string' } },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port must be a port number, not "${values.port}"`);
  const receiver = await DemoReceiver.start(port, values.secret, (arrival) => {
    process.stdout.write(describeArrival(arrival));
  });
  process.stdout.write(`Listening on ${receiver.url} (Ctrl-C ends it)\n\n`);
}
