import type { DataSource } from 'typeorm';
import { dialectOf, type Dialect } from '../../src/platform/database/dialect.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { Random } from './random.js';

/** Units that fail now and then: before they begin, at their commit, or, which is the worst, just after it. */
export class FaultyUnitOfWork extends UnitOfWork {
  /** Several processes are simulated on the one file: leases have to run out, nobody may end those of others. */
  override readonly dialect: Dialect;
  /** Share of units that fail, and what decides which. */
  faultRate = 0;
  random = new Random(0);

  constructor(writer: DataSource, committed: DataSource) {
    super(writer, committed, new Log(createRootLogger('silent')));
    this.dialect = { ...dialectOf(writer), servesManyProcesses: true };
  }

  override async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isOpen || !this.random.chance(this.faultRate)) return super.run(work);
    const fault = this.random.pick(['lost before', 'rolled back', 'answer lost']);
    if (fault === 'lost before') throw new Error(`simulated: connection ${fault}`);
    const result = await super.run(async () => {
      const done = await work();
      if (fault === 'rolled back') throw new Error('simulated: commit failed');
      return done;
    });
    if (fault === 'answer lost') throw new Error('simulated: committed, but nobody heard of it');
    return result;
  }
}
