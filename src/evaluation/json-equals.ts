/** Whether two values of JSON are the same, type included: 2 is not "2". Members of objects may be in any order. */
export function jsonEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const members = Object.entries(a);
  if (members.length !== Object.keys(b).length) return false;
  const other = b as Readonly<Record<string, unknown>>;
  return members.every(([name, value]) => Object.hasOwn(other, name) && jsonEquals(value, other[name]));
}
