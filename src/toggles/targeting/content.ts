import { invalidField } from '../../platform/errors/index.js';
import { problemText, type TargetingContent, validateTargeting } from '../../targeting-rules/index.js';
import type { ToggleEntity } from '../toggle.entity.js';

const MEMBERS = ['rules', 'disabledServe', 'defaultServe', 'variations', 'prerequisites'] as const;

/** Reads stored content, which was checked before it was stored. */
export function parseContent(json: string): TargetingContent {
  const content = JSON.parse(json) as TargetingContent;
  // Clients compare content by deep equality and expect the list, be it empty.
  content.prerequisites ??= [];
  return content;
}

/**
 * Submitted content with the members it lacks taken from what is stored: a client may send only what it changes. All else stays
 * exactly as submitted. What is no object is left for validation to refuse.
 */
export function mergeContent(stored: TargetingContent, submitted: unknown): unknown {
  if (submitted === undefined || submitted === null) return stored;
  if (typeof submitted !== 'object' || Array.isArray(submitted)) return submitted;
  const merged: Record<string, unknown> = { ...submitted };
  for (const member of MEMBERS) merged[member] ??= stored[member];
  return merged;
}

/**
 * Content that was submitted for a toggle, checked by itself.
 * @throws DomainError `invalid_request` naming the first field that is wrong.
 */
export function checkedContent(
  content: unknown,
  toggle: Pick<ToggleEntity, 'key' | 'returnType'>,
  disabled: boolean,
): TargetingContent {
  const [problem] = validateTargeting(content, {
    returnType: toggle.returnType,
    toggleKey: toggle.key,
    disabled,
  });
  if (problem) throw invalidField(problem.field, problemText(problem));
  return content as TargetingContent;
}
