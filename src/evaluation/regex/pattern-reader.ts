/** Reads the source of a pattern from left to right. */
export class PatternReader {
  #position = 0;

  constructor(private readonly source: string) {}

  get atEnd(): boolean {
    return this.#position >= this.source.length;
  }

  /** The next code unit as text, empty at the end. */
  peek(): string {
    return this.source.charAt(this.#position);
  }

  next(): string {
    return this.source.charAt(this.#position++);
  }

  /** Goes past the text, if it is what comes next. */
  eat(text: string): boolean {
    if (!this.source.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  /** What a sticky expression matches here; undefined when it doesn't. */
  lookAt(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#position;
    return expression.exec(this.source) ?? undefined;
  }

  /** Goes past what a sticky expression matches here, if it does. */
  eatMatch(expression: RegExp): RegExpExecArray | undefined {
    const match = this.lookAt(expression);
    this.#position += match?.[0].length ?? 0;
    return match;
  }
}
