import { printed, TEMPLATE_FILTERS } from './template-filters.js';
import { TemplateError } from './template-error.js';
import type { TemplateName, TemplateNode } from './template-syntax.js';

/** Bytes of a rendered body, at the most. */
export const MAX_BODY_BYTES = 262_144;

/** Pieces of a template that are rendered for one body, at the most: sections over lists render theirs once for each item. */
const MAX_STEPS = 20_000;

/**
 * Renders a template with the values of a view, by the rules of Mustache. Only own members of plain data are looked up and nothing
 * is ever called, so a template reaches what the view holds and no more. Work and length are bounded.
 * @param escape how values are written; raw tags (`{{{name}}}`) don't ask for it
 * @throws TemplateError when it comes to more than `MAX_BODY_BYTES` or takes too many steps
 */
export function renderTemplate(
  nodes: readonly TemplateNode[],
  view: object,
  escape: (text: string) => string,
): string {
  const body = new Rendering(escape).render(nodes, [view]);
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw tooLong();
  return body;
}

/** Values whose members can be named, the outermost first. */
type Scope = readonly unknown[];

class Rendering {
  #stepsLeft = MAX_STEPS;
  #charactersLeft = MAX_BODY_BYTES;

  constructor(private readonly escape: (text: string) => string) {}

  render(nodes: readonly TemplateNode[], scope: Scope): string {
    let text = '';
    for (const node of nodes) {
      this.#countStep();
      if (node.kind === 'text') text += this.#counted(node.text);
      else if (node.kind === 'section') text += this.#renderSection(node, scope);
      else {
        const value = this.#textOf(node.name, scope);
        text += node.isRaw ? value : this.escape(value);
      }
    }
    return text;
  }

  #renderSection(section: TemplateNode & { kind: 'section' }, scope: Scope): string {
    const { name } = section;
    const value = name.filter === undefined ? lookUp(name.path, scope) : this.#textOf(name, scope);
    const isEmpty = !value || (Array.isArray(value) && value.length === 0);
    if (section.isInverted) return isEmpty ? this.render(section.children, scope) : '';
    if (isEmpty) return '';
    if (!Array.isArray(value)) return this.render(section.children, [...scope, value]);
    let text = '';
    for (const item of value) {
      this.#countStep();
      text += this.render(section.children, [...scope, item]);
    }
    return text;
  }

  /** Filtered text counts whether it is printed or not: a section may ask for it again and again. */
  #textOf({ filter, path }: TemplateName, scope: Scope): string {
    const write = filter === undefined ? printed : TEMPLATE_FILTERS[filter];
    return this.#counted(write(lookUp(path, scope)));
  }

  #countStep(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) {
      throw new TemplateError({
        en: `takes more than ${MAX_STEPS} steps: a section goes over too many items`,
        zh: `步骤超过 ${MAX_STEPS}：区块遍历的项过多`,
      });
    }
  }

  #counted(text: string): string {
    this.#charactersLeft -= text.length;
    if (this.#charactersLeft < 0) throw tooLong();
    return text;
  }
}

/** The first part of a name is looked for from the inside out, the rest within what was found. */
function lookUp(path: readonly string[], scope: Scope): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return scope.at(-1);
  const holder = scope.findLast((value) => isContainer(value) && Object.hasOwn(value, first));
  return rest.reduce(member, member(holder, first));
}

function member(value: unknown, name: string): unknown {
  return isContainer(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function tooLong(): TemplateError {
  return new TemplateError({
    en: `gives a body of more than ${MAX_BODY_BYTES} bytes`,
    zh: `生成的请求体超过 ${MAX_BODY_BYTES} 字节`,
  });
}
