import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toWireJson } from '../../events/index.js';
import { featureProbeBody } from './featureprobe.format.js';
import type { FormattedEvent } from './formatted-event.js';

const SAMPLES = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/featureprobe/event-samples.json', import.meta.url), 'utf8'),
) as Record<string, unknown>[];

/** Written apart from the code under test: what FeatureProbe's serializer gives for such a value. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(object)
      .toSorted()
      .map((key) => [key, sorted(object[key])]),
  );
}

function eventOf({
  data,
  projectKey,
  environmentKey,
  toggleKey,
  ...rest
}: Record<string, unknown>): FormattedEvent {
  return {
    ...rest,
    keys: { projectKey, environmentKey, toggleKey },
    dataJson: toWireJson(data),
  } as FormattedEvent;
}

const SERVER_KEY = 'server-98848ff59b3278193c0b0bd07a6f3c60b9f69252';
const CLIENT_KEY = 'client-965ddabdca5dd390ac9a0398bfb1debce72573c6';

function environmentEvent(resource: FormattedEvent['resource'], description = ''): FormattedEvent {
  return {
    id: 'event-1',
    resource,
    action: 'UPDATE',
    operator: 'Admin',
    timestamp: 1,
    keys: { projectKey: 'Shop', environmentKey: 'online' },
    dataJson: toWireJson({ description, clientSdkKey: CLIENT_KEY, serverSdkKey: SERVER_KEY }),
    changes: undefined,
  };
}

describe(featureProbeBody.name, () => {
  it('has all 25 published samples', () => {
    expect(SAMPLES).toHaveLength(25);
  });

  it.each(
    SAMPLES.map((sample) => [`${String(sample['resource'])} ${String(sample['action'])}`, sample] as const),
  )('gives the published bytes of %s', (_name, sample) => {
    expect(featureProbeBody(eventOf(sample), false)).toEqual({
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify(sorted(sample)),
    });
  });

  it('has every key there is, in alphabetical order', () => {
    const keys = { toggleKey: 't', segmentKey: 's', projectKey: 'p', environmentKey: 'e' };
    const { body } = featureProbeBody({ ...environmentEvent('TOGGLE'), keys, dataJson: '{}' }, false);
    expect(body).toBe(
      '{"action":"UPDATE","data":{},"environmentKey":"e","operator":"Admin","projectKey":"p",' +
        '"resource":"TOGGLE","segmentKey":"s","timestamp":1,"toggleKey":"t"}',
    );
  });

  it('escapes what an account or a key may hold', () => {
    const { body } = featureProbeBody({ ...environmentEvent('MEMBER'), operator: 'a"b\\c\u2028日本' }, false);
    expect(JSON.parse(body)).toMatchObject({ operator: 'a"b\\c\u2028日本' });
  });

  it.each(['PROJECT', 'ENVIRONMENT'] as const)('masks SDK keys of %s where that is wanted', (resource) => {
    const { body } = featureProbeBody(environmentEvent(resource), true);
    expect(JSON.parse(body).data).toEqual({
      clientSdkKey: '****73c6',
      description: '',
      serverSdkKey: '****9252',
    });
  });

  it('masks at every depth', () => {
    const dataJson = toWireJson({
      environments: [{ serverSdkKey: SERVER_KEY }, { clientSdkKey: CLIENT_KEY }],
    });
    const { body } = featureProbeBody({ ...environmentEvent('PROJECT'), dataJson }, true);
    expect(JSON.parse(body).data).toEqual({
      environments: [{ serverSdkKey: '****9252' }, { clientSdkKey: '****73c6' }],
    });
  });

  it('leaves text alone that only looks like an SDK key', () => {
    const description = `"serverSdkKey":"${SERVER_KEY}"`;
    const { body } = featureProbeBody(environmentEvent('PROJECT', description), true);
    expect(JSON.parse(body).data).toMatchObject({ description, serverSdkKey: '****9252' });
  });

  it('gives SDK keys whole where no mask is wanted', () => {
    expect(featureProbeBody(environmentEvent('PROJECT'), false).body).toContain(SERVER_KEY);
  });
});
