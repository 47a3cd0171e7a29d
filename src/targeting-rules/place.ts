import { MAX_PROBLEMS, type Problem, type ProblemKey } from './problem.js';

const MAX_QUOTED = 60;

/** A place in the content under validation: knows its path and the rule it is in, and takes what is wrong there. */
export class Place {
  private constructor(
    private readonly found: Problem[],
    private readonly path: string,
    private readonly rule?: string,
  ) {}

  /** The place that everything submitted is under; problems of all places below it are added to `found`. */
  static root(path: string, found: Problem[]): Place {
    return new Place(found, path);
  }

  /** A member of the object, or an entry of the list, that is here. */
  at(step: string | number): Place {
    const path = typeof step === 'number' ? `${this.path}[${step}]` : `${this.path}.${step}`;
    return new Place(this.found, path, this.rule);
  }

  /** The same place, known to be in a rule of this name; a name that is no text, or blank, says nothing. */
  inRule(name: unknown): Place {
    if (typeof name !== 'string' || name.trim() === '') return this;
    return new Place(this.found, this.path, quote(name));
  }

  /** Notes that something is wrong here; once `MAX_PROBLEMS` are found, nothing more is noted. */
  report(key: ProblemKey, params: Record<string, string | number> = {}): void {
    if (this.found.length >= MAX_PROBLEMS) return;
    const all = this.rule === undefined ? params : { ...params, rule: this.rule };
    this.found.push(
      Object.keys(all).length === 0 ? { field: this.path, key } : { field: this.path, key, params: all },
    );
  }
}

/** A submitted text as messages show it: in quotes, control characters escaped, cut when long. */
export function quote(text: string): string {
  const shown = Array.from(text.slice(0, 2 * MAX_QUOTED))
    .slice(0, MAX_QUOTED)
    .join('');
  return JSON.stringify(shown.length < text.length ? `${shown}…` : shown);
}
