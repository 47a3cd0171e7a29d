import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Public } from '../http/access-decorators.js';

class Health {
  @ApiProperty({ enum: ['UP', 'DOWN'], example: 'UP' })
  readonly status!: 'UP' | 'DOWN';
}

const DOWN = { status: HttpStatus.SERVICE_UNAVAILABLE, type: Health, description: 'The database is silent.' };

/** What load balancers and compose files ask. */
@ApiTags('operations')
@Public()
@Controller('actuator/health')
export class HealthController {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  @Get()
  @ApiOperation({ summary: 'The same as readiness' })
  @ApiOkResponse({ type: Health })
  @ApiResponse(DOWN)
  health(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    return this.readiness(reply);
  }

  @Get('liveness')
  @ApiOperation({ summary: 'The process runs' })
  @ApiOkResponse({ type: Health })
  liveness(): Health {
    return { status: 'UP' };
  }

  @Get('readiness')
  @ApiOperation({ summary: 'The process can do its work: the database answers' })
  @ApiOkResponse({ type: Health })
  @ApiResponse(DOWN)
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
