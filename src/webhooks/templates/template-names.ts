import { parseTemplate, problemAt, type TemplateNode } from './template-syntax.js';
import type { TemplateView } from './template-view.js';

/** Every field of the view; the compiler sees to it that none is missing. */
const VIEW_FIELDS = Object.keys({
  action: true,
  changes: true,
  data: true,
  environmentKey: true,
  event: true,
  id: true,
  operator: true,
  projectKey: true,
  resource: true,
  segmentKey: true,
  summary: true,
  time: true,
  timestamp: true,
  toggleKey: true,
} satisfies Record<keyof TemplateView, true>);

const KNOWN = new Set(VIEW_FIELDS);

/** Sections in which names are those of whatever is at hand. */
const OPEN_SECTIONS = new Set(['changes', 'data', undefined]);

/**
 * Finds misspelt names: outside sections over changes and data, a name begins with a field of the view.
 * @throws TemplateError about the line of the first that does not, or of what the parser finds
 */
export function checkTemplateNames(template: string): void {
  checkNodes(template, parseTemplate(template));
}

function checkNodes(template: string, nodes: readonly TemplateNode[]): void {
  for (const node of nodes) {
    if (node.kind === 'text') continue;
    const [first] = node.name.path;
    if (first !== undefined && !KNOWN.has(first)) {
      throw problemAt(template, node.at, {
        en: `there is no "${first}"; there are ${VIEW_FIELDS.join(', ')}`,
        zh: `没有“${first}”；可用的有 ${VIEW_FIELDS.join('、')}`,
      });
    }
    if (node.kind === 'section' && (node.isInverted || !OPEN_SECTIONS.has(first)))
      checkNodes(template, node.children);
  }
}
