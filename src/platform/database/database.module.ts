import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { MasterKey, Settings } from '../config/index.js';
import { Log } from '../log/logger.js';
import { checkMasterKey } from '../sealing/sealing-check.js';
import { connectionOptions, createDataSource, readerOptions } from './data-source.factory.js';
import { migrate } from './migrator.js';
import { SqliteFileLock } from './sqlite-file-lock.js';
import { UnitOfWork } from './unit-of-work.js';

/** The data source of committed rows: on SQLite a second, read-only connection, elsewhere the first one's pool. */
const COMMITTED = Symbol('committed data source');

/** Connects, migrates, checks the master key, and hands out the unit of work. Features add their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: async (settings: Settings) => ({
        ...(await connectionOptions(settings.database)),
        migrations: [...migrations],
        autoLoadEntities: true,
        manualInitialization: false,
        // A wrong password or a missing server should be said at once, not after ten silent tries.
        retryAttempts: 0,
      }),
      dataSourceFactory: async (options) => createDataSource(options as DataSourceOptions),
    }),
  ],
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
    {
      provide: UnitOfWork,
      inject: [getDataSourceToken(), COMMITTED, Log],
      useFactory: (writer: DataSource, committed: DataSource, log: Log) =>
        new UnitOfWork(writer, committed, log),
    },
  ],
  exports: [UnitOfWork],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(COMMITTED) private readonly committed: DataSource,
    @Inject(SqliteFileLock) private readonly lock: SqliteFileLock | null,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.committed.options.type === 'better-sqlite3' && this.committed.isInitialized)
      await this.committed.destroy();
    this.lock?.release();
  }
}
