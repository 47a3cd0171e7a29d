import type { BenchDatabase } from './databases.js';
import type { Host } from './host.js';
import type { Sink } from './sink.js';

/** What a measurement is given. */
export interface Context {
  readonly database: BenchDatabase;
  readonly host: Host;
  readonly sink: Sink;
  readonly quick: boolean;
  /** Folder for CPU profiles of the servers that deliver. */
  readonly profile?: string;
}

/** One figure of a measurement. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
  /** What it should be, as a person reads it. */
  readonly target?: string;
  /** Left out where the target doesn't apply; `note` says why. */
  readonly met?: boolean;
  readonly note?: string;
}

export type Measurement = (context: Context) => Promise<Figure[]>;
