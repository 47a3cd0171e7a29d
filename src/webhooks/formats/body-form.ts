import { DEFAULT_TEMPLATE_CONTENT_TYPE, findReadyTemplate } from '../templates/ready-templates.js';
import { BodyTemplate } from '../templates/body-template.js';
import type { WebhookEntity } from '../webhook.entity.js';
import { cloudEventsBody } from './cloudevents.format.js';
import { featureProbeBody } from './featureprobe.format.js';
import type { FormattedBody, FormattedEvent } from './formatted-event.js';
import { carriesSdkKeys } from './sdk-key-mask.js';

/** What of a webhook decides on the bytes it gets. */
export type FormSource = Pick<WebhookEntity, 'format' | 'template' | 'templateContentType' | 'maskSdkKeys'>;

/** One way to write events down. Webhooks of the same form get the same bytes. */
export type BodyForm =
  | { readonly format: 'FEATUREPROBE' | 'CLOUDEVENTS'; readonly masked: boolean }
  | {
      readonly format: 'TEMPLATE';
      readonly masked: boolean;
      readonly template: string;
      readonly contentType: string;
    };

/** The form in which a webhook gets an event. Where the event has nothing to mask, masked and whole are one form. */
export function bodyFormOf(source: FormSource, event: Pick<FormattedEvent, 'resource'>): BodyForm {
  const { format } = source;
  const masked = source.maskSdkKeys && carriesSdkKeys(event);
  return format === 'TEMPLATE' ? { format, masked, ...templateOf(source) } : { format, masked };
}

/** The template's text and content type. A ready template brings its own; what is set beside its name has no effect. */
export function templateOf({
  template,
  templateContentType,
}: Pick<FormSource, 'template' | 'templateContentType'>): { template: string; contentType: string } {
  const text = template ?? '';
  const contentType = templateContentType ?? DEFAULT_TEMPLATE_CONTENT_TYPE;
  return findReadyTemplate(text) ?? { template: text, contentType };
}

/** @throws TemplateError where a template can't be rendered for this event */
export function formatBody(event: FormattedEvent, form: BodyForm): FormattedBody {
  switch (form.format) {
    case 'FEATUREPROBE':
      return featureProbeBody(event, form.masked);
    case 'CLOUDEVENTS':
      return cloudEventsBody(event, form.masked);
    case 'TEMPLATE':
      return new BodyTemplate(form).bodyFor(event);
  }
}
