import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { SpanCollector } from '../support/span-collector.js';

const TRACE = 'ab'.repeat(16);
const CALLER = 'cd'.repeat(8);

describe('tracing', () => {
  let collector: SpanCollector;
  let receiver: Receiver;
  let flagpost: TestFlagpost | undefined;

  beforeEach(async () => {
    collector = await SpanCollector.start();
    receiver = await Receiver.start();
  });

  afterEach(async () => {
    await flagpost?.stop();
    await receiver.stop();
    await collector.stop();
  });

  async function start(environment: Record<string, string>): Promise<TestFlagpost> {
    flagpost = await startFlagpost('sqlite', environment);
    await flagpost.owner.ok('POST', '/api/webhooks', {
      name: 'w',
      url: `${receiver.url}?key=hush`,
      events: ['PROJECT.CREATE'],
    });
    return flagpost;
  }
  /** Makes a project in a trace; answers the requests the receiver got for it. */
  async function makeProject(traceparent: string | undefined, tries: number): Promise<string[]> {
    const { baseUrl, owner } = flagpost!;
    const headers = { ...owner.headers, ...(traceparent === undefined ? {} : { traceparent }) };
    await new ApiClient(baseUrl, headers).ok('POST', '/api/projects', {
      name: 'p',
      key: 'p',
      description: '',
    });
    const received = await receiver.waitFor('PROJECT.CREATE', tries);
    return received.map((request) => String(request.headers['traceparent']));
  }
  /** Stopping is what sends the spans that wait. */
  async function stop(): Promise<void> {
    await flagpost?.stop();
    flagpost = undefined;
  }

  it('sends a span of the call that made a change, and one of each try under it', async () => {
    let first = true;
    receiver.reply = (_request, response) => {
      response.writeHead(first ? 500 : 200).end();
      first = false;
    };
    await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k%201',
      OTEL_SERVICE_NAME: 'flags',
    });
    const sent = await makeProject(`00-${TRACE}-${CALLER}-01`, 2);
    await stop();
    const [call, ...others] = collector.named('POST /api/projects');
    expect(others).toEqual([]);
    expect(call).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, kind: 2, service: 'flags' });
    expect(call?.attributes).toMatchObject({
      'http.route': '/api/projects',
      'http.response.status_code': 200,
    });
    const tries = collector.named('deliver PROJECT.CREATE');
    expect(tries).toHaveLength(2);
    for (const each of tries) {
      expect(each).toMatchObject({ traceId: TRACE, parentSpanId: call?.spanId, kind: 3 });
      expect(each.endNano).toBeGreaterThanOrEqual(each.startNano);
    }
    expect(tries[0]?.status).toMatchObject({ code: 2, message: expect.stringContaining('answered 500') });
    expect(tries[0]?.attributes).toMatchObject({
      'error.type': 'server_error',
      'flagpost.delivery.attempt': 1,
    });
    expect(tries[1]?.attributes).toMatchObject({
      'http.response.status_code': 200,
      'flagpost.delivery.attempt': 2,
      'server.address': '127.0.0.1',
    });
    // The receiver's spans hang under the try that reached it.
    expect(sent).toEqual(tries.map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
    expect(collector.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'api-key': 'k 1' } });
    expect(JSON.stringify(collector.spans.map(({ attributes }) => attributes))).not.toContain('hush');
  });

  it('begins a trace where the caller has none', async () => {
    await start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` });
    const [sent] = await makeProject(undefined, 1);
    await stop();
    const [call] = collector.named('POST /api/projects');
    expect(call?.parentSpanId ?? '').toBe('');
    expect(sent).toMatch(new RegExp(`^00-${call?.traceId}-[0-9a-f]{16}-01$`));
  });

  it('leaves a trace that the caller does not record as it is', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const traceparent = `00-${TRACE}-${CALLER}-00`;
    expect(await makeProject(traceparent, 1)).toEqual([traceparent]);
    await stop();
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
  });

  it('makes no span without a collector, and hands the caller’s context on as it came', async () => {
    await start({});
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    expect(await makeProject(traceparent, 1)).toEqual([traceparent]);
    await stop();
    expect(collector.requests).toEqual([]);
  });

  it('delivers and stops as ever when the collector is gone', async () => {
    const { url } = collector;
    await collector.stop();
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect(await makeProject(undefined, 1)).toHaveLength(1);
    await stop();
    collector = await SpanCollector.start();
  });
});
