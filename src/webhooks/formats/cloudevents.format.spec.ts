import { describe, expect, it } from 'vitest';
import { EVENT_NAMES, toWireJson } from '../../events/index.js';
import { sampleEvent } from '../samples/sample-events.js';
import { cloudEventsBody } from './cloudevents.format.js';
import { featureProbeBody } from './featureprobe.format.js';
import type { FormattedEvent } from './formatted-event.js';

const NOW = 1795313729900;
const ID = '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50';

const eventOf = (name: string, changed: Partial<FormattedEvent> = {}): FormattedEvent => ({
  ...sampleEvent(name, 'bob', NOW, ID),
  ...changed,
});
const bodyOf = (event: FormattedEvent) => JSON.parse(cloudEventsBody(event, false).body);

describe(cloudEventsBody.name, () => {
  // CloudEvents 1.0.2, "Context Attributes", and its JSON format, sections 2 and 3.
  it.each(EVENT_NAMES)('keeps the rules of CloudEvents 1.0 for %s', (name) => {
    const { contentType, body } = cloudEventsBody(eventOf(name), false);
    expect(contentType).toBe('application/cloudevents+json');
    const { data, ...attributes } = JSON.parse(body);
    for (const attribute of Object.keys(attributes)) expect(attribute).toMatch(/^[a-z0-9]{1,20}$/);
    for (const value of Object.values(attributes)) expect(value).toMatch(/^[^\p{Cc}]+$/u);
    expect(attributes).toMatchObject({ specversion: '1.0', id: ID, datacontenttype: 'application/json' });
    expect(attributes.type).toBe(`io.flagpost.${name.toLowerCase()}`);
    expect(attributes.source).toMatch(/^(\/[\w.~!*'()%-]+)+$/);
    expect(attributes.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(Date.parse(attributes.time)).toBe(NOW);
    expect(data).toEqual(JSON.parse(featureProbeBody(eventOf(name), false).body));
    expect(toWireJson(JSON.parse(body))).toBe(body);
  });

  it('has FeatureProbe’s body as its data, to the byte', () => {
    const event = eventOf('TOGGLE.PUBLISH');
    expect(cloudEventsBody(event, false).body).toContain(
      `{"data":${featureProbeBody(event, false).body},"datacontenttype"`,
    );
  });

  it.each([
    ['PROJECT.CREATE', '/projects/sample_shop'],
    ['PROJECT.UPDATE_APPROVAL_SETTINGS', '/projects/sample_shop'],
    ['ENVIRONMENT.OFFLINE', '/projects/sample_shop/environments/production'],
    ['SEGMENT.PUBLISH', '/projects/sample_shop/segments/beta_testers'],
    ['TOGGLE.CREATE', '/projects/sample_shop/toggles/new_checkout'],
    ['TOGGLE.PUBLISH', '/projects/sample_shop/toggles/new_checkout'],
    ['TOGGLE.UPDATE_APPROVAL', '/projects/sample_shop/toggles/new_checkout'],
    ['MEMBER.CREATE', '/members/sample%40example.com'],
    ['MEMBER.DELETE', '/members/sample%40example.com'],
    ['WEBHOOK.UPDATE', '/webhooks/1'],
  ])('gives the source of %s as %s', (name, source) => {
    expect(bodyOf(eventOf(name)).source).toBe(source);
  });

  it('has all members as the source of several new ones', () => {
    const dataJson = '[{"account":"ann"},{"account":"bob"}]';
    expect(bodyOf(eventOf('MEMBER.CREATE', { dataJson })).source).toBe('/members');
  });

  it('names the environment as the subject where a toggle changed in one', () => {
    expect(bodyOf(eventOf('TOGGLE.PUBLISH')).subject).toBe('production');
    expect(bodyOf(eventOf('TOGGLE.UPDATE'))).not.toHaveProperty('subject');
    expect(bodyOf(eventOf('ENVIRONMENT.UPDATE'))).not.toHaveProperty('subject');
  });

  it('masks SDK keys where that is wanted', () => {
    const { body } = cloudEventsBody(eventOf('ENVIRONMENT.CREATE'), true);
    expect(JSON.parse(body).data.data.serverSdkKey).toBe('****4567');
  });
});
