/** Null counts as absent: clients written in Java send it for what they don't set. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}
