import type { TargetingContent } from '../../targeting-rules/index.js';

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
