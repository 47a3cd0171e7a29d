import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Public } from '../http/access-decorators.js';

interface Health {
  readonly status: 'UP' | 'DOWN';
}

/** What load balancers and compose files ask. */
@ApiTags('operations')
@Public()
@Controller('actuator/health')
export class HealthController {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  @Get()
  health(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    return this.readiness(reply);
  }

  /** The process runs. */
  @Get('liveness')
  liveness(): Health {
    return { status: 'UP' };
  }

  /** The process can do its work: the database answers. */
  @Get('readiness')
  async readiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    try {
      await this.unitOfWork.reader.query('SELECT 1');
      return { status: 'UP' };
    } catch {
      // Why it does not answer is in the log of whoever needed it; a probe wants the one word.
      void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
      return { status: 'DOWN' };
    }
  }
}
