import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, invalidField } from '../errors/index.js';
import { describeConstraint } from './constraint-texts.js';

/**
 * Checks and converts what comes in by the DTO classes. Unknown fields are dropped, since FeatureProbe's UI sends extra
 * ones; the first problem found is answered as `invalid_request`, its message beginning with the field's path.
 */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidUnknownValues: false,
    transform: true,
    transformOptions: { exposeDefaultValues: true },
    stopAtFirstError: true,
    // The DTO's class leads to what its rules were given, such as a limit, which the messages name.
    validationError: { target: true },
    exceptionFactory: (errors) => toDomainError(errors),
  });
}

function toDomainError(errors: readonly ValidationError[], path = ''): DomainError {
  const [first] = errors;
  if (!first) return new DomainError('body_malformed');
  const field = joinPath(path, first.property);
  if (first.constraints) {
    const [[name, text] = ['', 'is not valid']] = Object.entries(first.constraints);
    return invalidField(field, describeConstraint(name, text, first));
  }
  return toDomainError(first.children ?? [], field);
}

function joinPath(path: string, property: string): string {
  if (/^\d+$/.test(property)) return `${path}[${property}]`;
  return path === '' ? property : `${path}.${property}`;
}
