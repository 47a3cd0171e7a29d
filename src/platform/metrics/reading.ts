import { Gauge, type Registry } from 'prom-client';
import { paced } from './paced.js';

/** A figure that is read when Prometheus asks. */
export interface Reading {
  readonly name: string;
  readonly help: string;
  readonly read: () => Promise<number>;
}

/** Adds a gauge for it, read at a bounded pace. While it can't be read it is left out, and the other metrics are told all the same. */
export function addReading(registry: Registry, { name, help, read }: Reading): void {
  const reading = paced(read);
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const value = await reading().catch(() => undefined);
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
