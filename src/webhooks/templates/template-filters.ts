import { toWireJson } from '../../events/index.js';

/** Writes a value as text. */
type Filter = (value: unknown) => string;

const SLACK_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** What the first part of a name may ask for, as in `json.data`: another way to write the value that the rest names. */
export const TEMPLATE_FILTERS = {
  /** The value as JSON, text in quotes; `null` where there is none. */
  json: toWireJson,
  /** Text without markup of Slack's: mentions such as `<!channel>` and links stay plain text. */
  slack: (value) => printed(value).replace(/[&<>]/g, (character) => SLACK_ENTITIES[character] ?? ''),
  /** Text in which no chat finds a tag such as Feishu's `<at …>`: an invisible blank stands after each `<`. */
  untagged: (value) => printed(value).replace(/</g, '<\u200b'),
} satisfies Record<string, Filter>;

export type TemplateFilter = keyof typeof TEMPLATE_FILTERS;

export function isTemplateFilter(name: string): name is TemplateFilter {
  return Object.hasOwn(TEMPLATE_FILTERS, name);
}

/** A value as text: text as it is, lists and objects as JSON, nothing for what is not there. */
export function printed(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : toWireJson(value);
}
