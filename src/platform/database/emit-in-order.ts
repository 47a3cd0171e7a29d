import type { EventEmitter2 } from '@nestjs/event-emitter';

/**
 * Tells listeners inside an open unit of work, one after the other, and fails with the first that fails. `emitAsync` would
 * run them all at once: when one fails, the unit rolls back while the others are still writing, and on a connection that is
 * shared those writes would land in nobody's transaction or in the next one's.
 */
export async function emitInOrder(emitter: EventEmitter2, name: string, payload: unknown): Promise<void> {
  for (const listener of emitter.listeners(name)) await (listener as (payload: unknown) => unknown)(payload);
}
