import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { MasterKey, Settings } from '../config/index.js';
import { Log } from '../log/logger.js';
import { checkMasterKey } from '../sealing/sealing-check.js';
import { createDataSource, readerOptions } from './data-source.factory.js';
import { migrate } from './migrator.js';
import { SqliteFileLock } from './sqlite-file-lock.js';

/** The data source of committed rows: on SQLite a second, read-only connection, elsewhere the first one's pool. */
export const COMMITTED = Symbol('committed data source');

/**
 * Connects for reading once the schema is up to date and the master key has been checked.
 *
 * A module of its own, and not a global one, since Nest shuts global modules down last, TypeORM's with the writer among them. The
 * reader thus closes first, when nobody is served any more; and only a writer that closes last brings SQLite's log into the file.
 */
@Module({
  providers: [
    {
      provide: SqliteFileLock,
      inject: [Settings],
      useFactory: ({ database }: Settings) =>
        database.kind === 'sqlite' ? SqliteFileLock.acquire(database.file) : null,
    },
    {
      provide: COMMITTED,
      inject: [getDataSourceToken(), Log, MasterKey, SqliteFileLock],
      useFactory: async (writer: DataSource, log: Log, masterKey: MasterKey) => {
        await migrate(writer, log);
        await checkMasterKey(writer, masterKey);
        const options: DataSourceOptions = readerOptions(writer.options);
        return options === writer.options ? writer : createDataSource(options).initialize();
      },
    },
  ],
  exports: [COMMITTED, SqliteFileLock],
})
export class CommittedReaderModule implements OnApplicationShutdown {
  constructor(@Inject(COMMITTED) private readonly committed: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.committed.options.type === 'better-sqlite3' && this.committed.isInitialized)
      await this.committed.destroy();
  }
}
