import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_NAMES, toWireJson } from '../../events/index.js';
import type { FormattedEvent } from '../formats/formatted-event.js';
import { sampleEvent } from '../samples/sample-events.js';
import { READY_TEMPLATES, type ReadyTemplate } from './ready-templates.js';
import { summarize } from './summary.js';
import { BodyTemplate } from './body-template.js';

const NOW = 1795313729900;

function bodyOf(ready: ReadyTemplate | undefined, event: FormattedEvent) {
  return JSON.parse(new BodyTemplate({ ...ready!, masked: false }).bodyFor(event).body);
}
const named = (name: string): ReadyTemplate | undefined =>
  READY_TEMPLATES.find((template) => template.name === name);

describe('the ready templates', () => {
  const event = sampleEvent('TOGGLE.PUBLISH', 'Admin', NOW);
  const summary = summarize(event);

  it('make the messages that their receivers document', () => {
    expect(bodyOf(named('slack'), event)).toEqual({ text: summary, mrkdwn: false });
    expect(bodyOf(named('teams'), event)).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            body: [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: summary }] }],
          },
        },
      ],
    });
    expect(bodyOf(named('feishu'), event)).toEqual({
      msg_type: 'text',
      content: { text: `Flagpost: ${summary}` },
    });
    expect(bodyOf(named('dingtalk'), event)).toEqual({
      msgtype: 'text',
      text: { content: `Flagpost: ${summary}` },
    });
    expect(bodyOf(named('wecom'), event)).toEqual({ msgtype: 'text', text: { content: summary } });
    expect(bodyOf(named('datadog'), event)).toEqual({
      title: 'Flagpost TOGGLE.PUBLISH',
      text: summary,
      alert_type: 'info',
      tags: [
        'source:flagpost',
        'event:TOGGLE.PUBLISH',
        'project:sample_shop',
        'env:production',
        'toggle:new_checkout',
      ],
    });
  });

  it('let nobody call everybody', () => {
    const changes = [{ path: '/desc', from: '<!channel>', to: '<at user_id="all">x' }];
    const rude = { ...event, changes };
    expect(bodyOf(named('slack'), rude).text).toContain('desc &lt;!channel&gt; → &lt;at user_id="all"&gt;x');
    expect(bodyOf(named('feishu'), rude).content.text).not.toMatch(/<[!a]/);
  });

  it.each(READY_TEMPLATES.map(({ name, ...rest }) => [name, { name, ...rest }] as const))(
    'give valid JSON of one line, whatever an event holds: %s',
    (_name, ready) => {
      const hostile = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('"', '\\', '"}', '{{operator}}', '{{{json}}}', '\u2028', '\ud800', '</script>', '\n'),
      );
      const hostileEvent = fc.record({
        name: fc.constantFrom(...EVENT_NAMES),
        operator: hostile,
        key: hostile,
        value: fc.jsonValue(),
        path: hostile,
      });
      fc.assert(
        fc.property(hostileEvent, ({ name, operator, key, value, path }) => {
          const keys = { projectKey: key, environmentKey: key, toggleKey: key, segmentKey: key };
          const dataJson = toWireJson({ name: key, account: key, status: key, value });
          const changes = [{ path: `/${path}`, from: value, to: key }, { path: '' }];
          const body = bodyOf(ready, { ...sampleEvent(name, operator, NOW), keys, dataJson, changes });
          expect(Object.keys(body)).toEqual(Object.keys(bodyOf(ready, event)));
        }),
        { numRuns: 500 },
      );
    },
  );
});
