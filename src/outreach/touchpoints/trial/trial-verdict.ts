import type { TestResult } from '../../../delivery/index.js';
import type { Reading } from '../../requests/answers.js';

/** Users named in an error at the most. */
const MAX_NAMED = 3;

/**
 * What a test send came to, once its answer has been read: it succeeded if every user did, or if a touchpoint with receipts took the
 * request. Whatever was wrong is said.
 */
export function verdictOf(
  result: TestResult,
  reading: Reading,
  gids: ReadonlySet<number>,
): Pick<TestResult, 'success' | 'error'> {
  if (!result.success) return { success: false, error: result.error };
  switch (reading.kind) {
    case 'accepted':
      return { success: true };
    case 'all':
      return reading.result.status === 'SUCCEEDED'
        ? { success: true }
        : { success: false, error: reading.result.reason };
    case 'each':
      return eachVerdict(reading, gids);
  }
}

function eachVerdict(
  { results, missing = 'no result', note }: Reading & { readonly kind: 'each' },
  gids: ReadonlySet<number>,
): Pick<TestResult, 'success' | 'error'> {
  const failed = [...gids].flatMap((gid) => {
    const result = results.get(gid);
    if (result?.status === 'SUCCEEDED') return [];
    return [`gid ${gid}: ${result?.reason ?? missing}`];
  });
  const more = failed.length > MAX_NAMED ? [`and ${failed.length - MAX_NAMED} more`] : [];
  const error = [...failed.slice(0, MAX_NAMED), ...more, ...(note === undefined ? [] : [note])].join('; ');
  return failed.length === 0 ? { success: true, ...(error !== '' && { error }) } : { success: false, error };
}
