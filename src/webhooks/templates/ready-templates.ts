const JSON_TYPE = 'application/json; charset=utf-8';

/** What a template is sent as where its owner said nothing. */
export const DEFAULT_TEMPLATE_CONTENT_TYPE = JSON_TYPE;

/** A template that comes with Flagpost: a webhook takes it by its name. */
export interface ReadyTemplate {
  readonly name: string;
  /** Whose messages it makes. */
  readonly title: string;
  readonly contentType: string;
  readonly template: string;
}

/**
 * Messages as the receivers document them, none with markup that a value could break out of: Slack's is switched off and its
 * mentions are escaped, Teams gets a text run, which knows no Markdown, and chats that know tags get text without any. Feishu's and
 * DingTalk's bots can be told to take messages with a keyword alone, so theirs begin with one.
 */
export const READY_TEMPLATES: readonly ReadyTemplate[] = [
  {
    name: 'slack',
    title: 'Slack incoming webhook',
    contentType: JSON_TYPE,
    template: '{"text":"{{slack.summary}}","mrkdwn":false}',
  },
  {
    name: 'teams',
    title: 'Microsoft Teams workflow',
    contentType: JSON_TYPE,
    template:
      '{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":' +
      '{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4",' +
      '"body":[{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"{{summary}}"}]}]}}]}',
  },
  {
    name: 'feishu',
    title: 'Feishu or Lark custom bot',
    contentType: JSON_TYPE,
    template: '{"msg_type":"text","content":{"text":"Flagpost: {{untagged.summary}}"}}',
  },
  {
    name: 'dingtalk',
    title: 'DingTalk custom bot',
    contentType: JSON_TYPE,
    template: '{"msgtype":"text","text":{"content":"Flagpost: {{untagged.summary}}"}}',
  },
  {
    name: 'wecom',
    title: 'WeCom group bot',
    contentType: JSON_TYPE,
    template: '{"msgtype":"text","text":{"content":"{{untagged.summary}}"}}',
  },
  {
    name: 'datadog',
    title: 'Datadog events',
    contentType: JSON_TYPE,
    template:
      '{"title":"Flagpost {{event}}","text":"{{summary}}","alert_type":"info","tags":["source:flagpost","event:{{event}}"' +
      '{{#projectKey}},"project:{{projectKey}}"{{/projectKey}}' +
      '{{#environmentKey}},"env:{{environmentKey}}"{{/environmentKey}}' +
      '{{#toggleKey}},"toggle:{{toggleKey}}"{{/toggleKey}}' +
      '{{#segmentKey}},"segment:{{segmentKey}}"{{/segmentKey}}]}',
  },
];

export function findReadyTemplate(name: string): ReadyTemplate | undefined {
  return READY_TEMPLATES.find((template) => template.name === name);
}
