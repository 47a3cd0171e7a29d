import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `condition` gives a truthy value, and answers it; gives up after a generous time. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  what = 'the condition',
  limitMs = 30_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited ${limitMs} ms in vain for ${what}`);
    await delay(10);
  }
}
