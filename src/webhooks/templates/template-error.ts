import { DomainError, type LocalizedText } from '../../platform/errors/index.js';

/** A template that can't be read, or not be rendered for an event: `invalid_request` about the field `template`. */
export class TemplateError extends DomainError {
  /** @param problem reads on after the field's name */
  constructor(problem: LocalizedText) {
    super('field_invalid', { field: 'template', problem });
  }
}
