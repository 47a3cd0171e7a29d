import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { Settings } from '../config/index.js';
import { Log } from '../log/logger.js';
import { COMMITTED, CommittedReaderModule } from './committed-reader.module.js';
import { connectionOptions, createDataSource } from './data-source.factory.js';
import { SqliteFileLock } from './sqlite-file-lock.js';
import { UnitOfWork } from './unit-of-work.js';

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
    CommittedReaderModule,
  ],
  providers: [
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
  constructor(@Inject(SqliteFileLock) private readonly lock: SqliteFileLock | null) {}

  onApplicationShutdown(): void {
    this.lock?.release();
  }
}
