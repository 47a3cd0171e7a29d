import { killChildren } from './child.js';
import type { BenchDatabase } from './databases.js';

const databases = new Set<BenchDatabase>();

/** Has the database removed however the run ends. */
export function guard(database: BenchDatabase): BenchDatabase {
  databases.add(database);
  return database;
}

export async function removeDatabase(database: BenchDatabase): Promise<void> {
  await database.remove();
  databases.delete(database);
}

/** Ends all child processes, then removes the databases that they used. */
export async function cleanUp(): Promise<void> {
  await killChildren();
  await Promise.all([...databases].map(removeDatabase));
}
