import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { RequestContext } from '../../platform/http/index.js';
import { bodyFormOf, formatBody, type FormSource } from '../formats/body-form.js';
import type { FormattedBody } from '../formats/formatted-event.js';
import { checkTemplateSource } from '../templates/template-check.js';
import { sampleEvent } from './sample-events.js';

/** Shows what a webhook would get, before there is one. */
@Injectable()
export class WebhookPreviewer {
  constructor(
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  /**
   * The body and content type of a sample, made as for a webhook with these fields.
   * @throws DomainError `field_invalid` about `template` or `templateContentType`
   */
  preview(source: FormSource, eventName: string): FormattedBody {
    if (source.format === 'TEMPLATE') checkTemplateSource(source);
    const event = sampleEvent(eventName, this.context.operator, this.clock.now());
    return formatBody(event, bodyFormOf(source, event));
  }
}
