import { describe, expect, it } from 'vitest';
import { checkTemplateUse, type TemplateUse } from './template-check.js';

const use = (fields: Partial<TemplateUse>): TemplateUse => ({
  format: 'TEMPLATE',
  template: null,
  templateContentType: null,
  maskSdkKeys: false,
  events: ['*'],
  projectKeys: null,
  environmentKeys: null,
  toggleKeys: null,
  ...fields,
});
const check = (fields: Partial<TemplateUse>) => (): void => checkTemplateUse(use(fields));

describe(checkTemplateUse.name, () => {
  it.each(['slack', 'teams', 'feishu', 'dingtalk', 'wecom', 'datadog'])(
    'takes the ready one %s',
    (template) => {
      expect(check({ template })).not.toThrow();
    },
  );

  it.each([
    '{"text":"{{summary}}"}',
    '{{{json}}}',
    '{"data":{{{json.data}}},"first":{{{json.changes.0}}}}',
    '[{{#changes}}{"at":"{{pointer}}","is":{{{json.to}}}}{{^last}},{{/last}}{{/changes}}]',
    '{{#data}}"{{anything}} {{key}}"{{/data}}',
  ])('takes %s', (template) => {
    expect(check({ template })).not.toThrow();
  });

  it.each([
    [null, 'template is required with format TEMPLATE'],
    ['{"text":\n"{{sumary}}"}', 'template line 2: there is no "sumary"; there are action, changes, data'],
    ['{{^toggleKey}}{{tog}}{{/toggleKey}}', 'there is no "tog"'],
    ['{{json.opertor}}', 'there is no "opertor"'],
    ['{"text":"{{summary}}"', 'template gives no valid JSON for PROJECT.CREATE'],
    ['{"text":"{{{summary}}}"}', 'template gives no valid JSON for PROJECT.CREATE'],
    ['{"toggle":{{{toggleKey}}}}', 'template gives no valid JSON for PROJECT.CREATE'],
    ['{{#toggleKey}}{"t":1}{{/toggleKey}}', 'template gives an empty body for PROJECT.CREATE'],
    ['{{#data}}', 'template line 1: Unclosed section "data"'],
  ])('refuses %j', (template, message) => {
    expect(check({ template })).toThrow(message);
  });

  it('tries the events alone that the filters can let through', () => {
    const template = '{"toggle":{{{json.data.variations.1.value}}}{{^toggleKey}}broken{{/toggleKey}}}';
    expect(check({ template })).toThrow('PROJECT.CREATE');
    expect(check({ template, events: ['TOGGLE.*', 'MEMBER.CREATE'] })).toThrow('MEMBER.CREATE');
    expect(check({ template, events: ['TOGGLE.*'] })).not.toThrow();
    expect(check({ template, toggleKeys: ['any'] })).not.toThrow();
    expect(check({ template, projectKeys: ['any'] })).toThrow('PROJECT.CREATE');
  });

  it('takes what is no JSON where the content type says so', () => {
    const template = 'Flag: {{{summary}}}';
    expect(check({ template })).toThrow('no valid JSON');
    expect(check({ template, templateContentType: 'text/plain' })).not.toThrow();
  });

  it.each(['nonsense', 'text/plain\r\nX: y', 'text/plain; charset=gbk'])(
    'refuses the content type %j',
    (templateContentType) => {
      expect(check({ template: 'x', templateContentType })).toThrow(
        /^templateContentType must be a media type/,
      );
    },
  );

  it('has nothing to say of other formats', () => {
    expect(check({ format: 'CLOUDEVENTS', template: '{{#' })).not.toThrow();
  });
});
