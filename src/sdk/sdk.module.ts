import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ToggleMetricsModule } from '../metrics/index.js';
import { TogglesModule } from '../toggles/index.js';
import { InternalServerController } from './internal-server.controller.js';
import { RepositorySources } from './repository-sources.js';
import { SdkKeyVersionEntity } from './sdk-key-version.entity.js';
import { SdkKeys } from './sdk-keys.js';
import { SdkReports } from './sdk-reports.js';
import { SdkRepositories } from './sdk-repositories.js';

/** What SDKs, and servers that stand between them and Flagpost, are told. */
@Module({
  imports: [TypeOrmModule.forFeature([SdkKeyVersionEntity]), TogglesModule, ToggleMetricsModule],
  controllers: [InternalServerController],
  providers: [SdkKeys, RepositorySources, SdkRepositories, SdkReports],
})
export class SdkModule {}
