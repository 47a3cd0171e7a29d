import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EnvironmentsModule } from '../environments/index.js';
import { EventsModule } from '../events/index.js';
import { ProjectController } from './project.controller.js';
import { ProjectEntity } from './project.entity.js';
import { ProjectGuard } from './project.guard.js';
import { ProjectLivenessListener } from './project-liveness.listener.js';
import { ProjectRepository } from './project.repository.js';
import { ProjectService } from './project.service.js';

/** Projects, and the guard that finds the one a route names. */
@Module({
  imports: [TypeOrmModule.forFeature([ProjectEntity]), EnvironmentsModule, EventsModule],
  controllers: [ProjectController],
  providers: [
    ProjectRepository,
    ProjectService,
    ProjectLivenessListener,
    { provide: APP_GUARD, useClass: ProjectGuard },
  ],
  exports: [ProjectService],
})
export class ProjectsModule {}
