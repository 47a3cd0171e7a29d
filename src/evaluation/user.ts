/** Who a toggle is evaluated for, or whether is in a segment. */
export interface User {
  /** Decides the user's share in a percentage roll-out. It is no attribute: a condition on `key` looks in `attrs` alone. */
  readonly key: string;
  /** All values are text, as conditions compare them; instants are unix seconds. */
  readonly attrs: Readonly<Record<string, string>>;
}

/** The user's attribute of that name; undefined when there is none. An empty one is one. */
export function attributeOf({ attrs }: User, name: string): string | undefined {
  // What objects inherit (`constructor`, `__proto__`) is no text, so this tells it from what the user has, in one look-up.
  const value: unknown = attrs[name];
  return typeof value === 'string' ? value : undefined;
}
