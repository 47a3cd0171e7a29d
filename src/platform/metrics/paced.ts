/** A reading holds for so many times as long as it took. */
const HOLDS_FOR = 10;

/**
 * Paces a reading whose cost grows with what is read: it is shared by all who ask while it holds. However often `/metrics` is
 * asked, by whomever, readings take no more than a tenth of the time; one of a millisecond is as good as fresh.
 */
export function paced<T>(
  read: () => Promise<T>,
  monotonic: () => number = () => performance.now(),
): () => Promise<T> {
  let latest: Promise<T> | undefined;
  let holdsUntil = 0;
  return () => {
    if (latest && monotonic() < holdsUntil) return latest;
    const start = monotonic();
    holdsUntil = Number.POSITIVE_INFINITY;
    latest = read().finally(() => {
      const end = monotonic();
      holdsUntil = end + HOLDS_FOR * (end - start);
    });
    return latest;
  };
}
