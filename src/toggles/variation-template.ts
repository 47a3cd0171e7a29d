import { invalidField } from '../platform/errors/index.js';
import { problemText, type ToggleReturnType, validateTargeting } from '../targeting-rules/index.js';

/** What of a toggle an environment's targeting begins with. */
export interface VariationTemplate {
  readonly returnType: ToggleReturnType;
  readonly variations: unknown;
  readonly disabledServe: number;
}

/**
 * Checks variations and disabled serve by the rules of the targeting that will begin with them.
 * @throws DomainError `invalid_request` naming the first field that is wrong.
 */
export function checkTemplate({ returnType, variations, disabledServe }: VariationTemplate): void {
  const content = { rules: [], disabledServe: { select: disabledServe }, defaultServe: {}, variations };
  const [problem] = validateTargeting(content, { returnType, disabled: true });
  if (!problem) return;
  // The request has neither the content around the variations nor an object around the position.
  const field = problem.field.replace(/^content\./, '').replace(/^disabledServe\.select$/, 'disabledServe');
  throw invalidField(field === 'content' ? 'variations' : field, problemText(problem));
}
