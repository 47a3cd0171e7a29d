import { EVENT_NAMES } from '../../events/index.js';
import { invalidField } from '../../platform/errors/index.js';
import { templateOf, type FormSource } from '../formats/body-form.js';
import { WebhookFilter, type FilterSource } from '../outgoing/webhook-filter.js';
import { sampleEvent } from '../samples/sample-events.js';
import { isUtf8MediaType } from './media-type.js';
import { BodyTemplate } from './body-template.js';
import { checkTemplateNames } from './template-names.js';
import { findReadyTemplate } from './ready-templates.js';

/** Whoever can't write JSON breaks at this name: it shows raw tags where escaped ones belong. */
const AWKWARD_OPERATOR = 'Sample "operator" \\';

const SOME_TIME = 1795313729900;

/** What of a webhook decides whether its template will do. */
export type TemplateUse = FormSource & FilterSource;

/**
 * Tries a webhook's template on a sample of each event that its filters can let through.
 * @throws DomainError `field_invalid` about `template`, with the line or the event it fails at, or `templateContentType`
 */
export function checkTemplateUse(use: TemplateUse): void {
  if (use.format !== 'TEMPLATE') return;
  checkTemplateSource(use);
  const template = new BodyTemplate({ ...templateOf(use), masked: use.maskSdkKeys });
  for (const name of EVENT_NAMES) {
    const event = sampleEvent(name, AWKWARD_OPERATOR, SOME_TIME);
    if (canMatch(use, { ...event, name })) template.bodyFor(event);
  }
}

/**
 * Checks what can be told without an event.
 * @throws DomainError `field_invalid` about `template` or `templateContentType`
 */
export function checkTemplateSource({
  template,
  templateContentType,
}: Pick<FormSource, 'template' | 'templateContentType'>): void {
  if (template === null) {
    throw invalidField('template', {
      en: 'is required with format TEMPLATE',
      zh: '在格式为 TEMPLATE 时必填',
    });
  }
  if (templateContentType !== null && !isUtf8MediaType(templateContentType)) {
    throw invalidField('templateContentType', {
      en: 'must be a media type such as text/plain; charset=utf-8, and no other charset than utf-8',
      zh: '必须是媒体类型，如 text/plain; charset=utf-8，且字符集只能是 utf-8',
    });
  }
  if (!findReadyTemplate(template)) checkTemplateNames(template);
}

/** Whether some event of this kind can pass: samples have keys of their own, so only their presence counts. */
function canMatch(filters: FilterSource, event: Parameters<WebhookFilter['matches']>[0]): boolean {
  const keyOf = (keys: readonly string[] | null, key: string | undefined): readonly string[] | null =>
    keys === null ? null : key === undefined ? [] : [key];
  return new WebhookFilter({
    events: filters.events,
    projectKeys: keyOf(filters.projectKeys, event.keys.projectKey),
    environmentKeys: keyOf(filters.environmentKeys, event.keys.environmentKey),
    toggleKeys: keyOf(filters.toggleKeys, event.keys.toggleKey),
  }).matches(event);
}
