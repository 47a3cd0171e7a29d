import type { Repository, Toggle } from './repository.js';
import { SegmentTests } from './segments.js';
import { compileServe, type ServeChooser } from './serves.js';
import { compileToggleRule, type ToggleRule } from './toggle-rules.js';

/** A toggle, ready to be asked. */
export interface CompiledToggle {
  readonly source: Toggle;
  readonly rules: readonly ToggleRule[];
  readonly disabledServe: ServeChooser;
  readonly defaultServe: ServeChooser;
}

/** The toggles of a repository, each compiled when it is first asked for. */
export class CompiledToggles {
  readonly #compiled = new Map<string, CompiledToggle>();
  readonly #segments: SegmentTests;

  constructor(private readonly repository: Repository) {
    this.#segments = new SegmentTests(repository.segments);
  }

  /** The toggle of that key, exactly as written; undefined where there is none. */
  get(key: string): CompiledToggle | undefined {
    const known = this.#compiled.get(key);
    if (known) return known;
    const { toggles } = this.repository;
    const source = Object.hasOwn(toggles, key) ? toggles[key] : undefined;
    if (!source) return undefined;
    const compiled = this.#compile(source);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #compile(source: Toggle): CompiledToggle {
    return {
      source,
      rules: (source.rules ?? []).map((rule) => compileToggleRule(rule, source, this.#segments)),
      disabledServe: compileServe(source.disabledServe, source),
      defaultServe: compileServe(source.defaultServe, source),
    };
  }
}
