import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE, EVENT_NAMES, toWireJson } from '../../events/index.js';
import { featureProbeBody } from '../formats/featureprobe.format.js';
import { SAMPLE_NAMES, sampleEvent } from './sample-events.js';

const NOW = 1795313729900;

describe(sampleEvent.name, () => {
  it('has a sample of every event, and of no other', () => {
    expect(SAMPLE_NAMES.toSorted()).toEqual([...EVENT_NAMES].toSorted());
  });

  it.each(EVENT_NAMES)('gives %s in wire form, with the operator and the time', (name) => {
    const event = sampleEvent(name, 'bob', NOW);
    const body = JSON.parse(featureProbeBody(event, false).body);
    expect(`${body.resource}.${body.action}`).toBe(name);
    expect(body).toMatchObject({ operator: 'bob', timestamp: NOW });
    expect(toWireJson(body)).toBe(featureProbeBody(event, false).body);
    for (const key of EVENT_CATALOGUE[event.resource].keys) expect(body[key]).toEqual(expect.any(String));
  });

  it('names the environment where the event concerns one', () => {
    for (const action of ['PUBLISH', 'CREATE_APPROVAL', 'UPDATE_APPROVAL', 'REVOKE_APPROVAL'])
      expect(sampleEvent(`TOGGLE.${action}`, 'bob', NOW).keys.environmentKey).toBeDefined();
  });

  it('knows no event that is not in the catalogue', () => {
    expect(() => sampleEvent('TOGGLE.EXPLODE', 'bob', NOW)).toThrow('TOGGLE.EXPLODE');
  });
});
