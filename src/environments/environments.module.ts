import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/index.js';
import { EnvironmentController } from './environment.controller.js';
import { EnvironmentEntity } from './environment.entity.js';
import { EnvironmentRepository } from './environment.repository.js';
import { EnvironmentService } from './environment.service.js';

/** The stages of a project, each with its SDK keys. */
@Module({
  imports: [TypeOrmModule.forFeature([EnvironmentEntity]), EventsModule],
  controllers: [EnvironmentController],
  providers: [EnvironmentRepository, EnvironmentService],
  exports: [EnvironmentService],
})
export class EnvironmentsModule {}
