import type { FormattedBody, FormattedEvent } from '../formats/formatted-event.js';
import { syntaxOf } from './media-type.js';
import { TemplateError } from './template-error.js';
import { renderTemplate } from './template-renderer.js';
import { parseTemplate, type TemplateNode } from './template-syntax.js';
import { templateView } from './template-view.js';
import { VALUE_ESCAPES } from './value-escapes.js';

/** A template as it is rendered. */
export interface TemplateForm {
  readonly template: string;
  /** Decides how values are escaped. */
  readonly contentType: string;
  /** Whether SDK keys are cut. */
  readonly masked: boolean;
}

/** A template that was read, to be filled with events. What says of itself that it is JSON is JSON. */
export class BodyTemplate {
  readonly #nodes: readonly TemplateNode[];

  /** @throws TemplateError when the template can't be read */
  constructor(private readonly form: TemplateForm) {
    this.#nodes = parseTemplate(form.template);
  }

  /** @throws TemplateError when it comes to too much or to nothing, or to no JSON where it should */
  bodyFor(event: FormattedEvent): FormattedBody {
    const { contentType, masked } = this.form;
    const syntax = syntaxOf(contentType);
    const body = renderTemplate(this.#nodes, templateView(event, masked), VALUE_ESCAPES[syntax]);
    const name = `${event.resource}.${event.action}`;
    if (body.trim() === '') {
      throw new TemplateError({ en: `gives an empty body for ${name}`, zh: `对 ${name} 生成的请求体为空` });
    }
    if (syntax === 'JSON') demandJson(body, name);
    return { contentType, body };
  }
}

function demandJson(body: string, event: string): void {
  try {
    JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new TemplateError({
      en: `gives no valid JSON for ${event} (templateContentType says whether it should): ${why}`,
      zh: `对 ${event} 生成的内容不是合法的 JSON（是否应为 JSON 由 templateContentType 决定）：${why}`,
    });
  }
}
