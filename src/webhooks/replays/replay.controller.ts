import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireRole, type Principal } from '../../platform/http/index.js';
import { WebhookPath } from '../webhook-requests.dto.js';
import { ReconcileRequestDto, ReplayDto, ReplayPath, ReplayRequestDto } from './replay.dto.js';
import { ReplayProgress } from './replay-progress.js';
import { ReplayService, type ReplayRequest } from './replay.service.js';

/** Sends events of the past once more. Owners start and stop it; every member may watch. */
@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('api/webhooks/:id')
export class ReplayController {
  constructor(
    private readonly replays: ReplayService,
    private readonly progress: ReplayProgress,
  ) {}

  @Post('replay')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: "Sends again every event of a time that the webhook's filters match now",
    description: 'Or those that failed. It goes on by itself; ask how far it is.',
  })
  @ApiOkResponse({ type: ReplayDto })
  async replay(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: WebhookPath,
    @Body() request: ReplayRequestDto,
  ): Promise<ReplayDto> {
    const onlyFailed = request.status === 'FAILED';
    return ReplayDto.from(await this.replays.replay(organizationId, id, wanted(request), onlyFailed));
  }

  @Post('reconcile')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Sends what a receiver lacks',
    description: 'The events of a time that match, but for those it says it has.',
  })
  @ApiOkResponse({ type: ReplayDto })
  async reconcile(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: WebhookPath,
    @Body() request: ReconcileRequestDto,
  ): Promise<ReplayDto> {
    return ReplayDto.from(await this.replays.reconcile(organizationId, id, wanted(request), request.ids));
  }

  @Get('replays/:replayId')
  @ApiOperation({ summary: 'How far a replay is' })
  @ApiOkResponse({ type: ReplayDto })
  async get(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id, replayId }: ReplayPath,
  ): Promise<ReplayDto> {
    return ReplayDto.from(await this.progress.get(organizationId, id, replayId));
  }

  @Post('replays/:replayId/cancel')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Stops a replay', description: 'What is planned is still sent, the rest is not.' })
  @ApiOkResponse({ type: ReplayDto })
  async cancel(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id, replayId }: ReplayPath,
  ): Promise<ReplayDto> {
    return ReplayDto.from(await this.progress.cancel(organizationId, id, replayId));
  }
}

/** Nulls count as left out. */
function wanted({ since, until, events, dryRun }: ReplayRequestDto | ReconcileRequestDto): ReplayRequest {
  return {
    since,
    until: until ?? undefined,
    events: events ?? undefined,
    isDryRun: dryRun ?? false,
  };
}
