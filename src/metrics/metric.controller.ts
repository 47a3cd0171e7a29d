import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { MetricAnswers } from './metric-answers.js';
import {
  AnalysisDto,
  AnalysisQuery,
  DiagnosisDto,
  IterationDto,
  ReportStatusDto,
} from './metric-answers.dto.js';
import { MetricDto, SavedMetricDto, SaveMetricDto } from './metric.dto.js';
import { MetricService } from './metric.service.js';

@ApiTags('metrics')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey/metric')
export class MetricController {
  constructor(
    private readonly metrics: MetricService,
    private readonly answers: MetricAnswers,
  ) {}

  /** The metric that the toggle's variations are compared by. */
  @Get()
  @ApiOkResponse({ type: MetricDto })
  get(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<MetricDto> {
    return this.metrics.get({ project, environmentKey, toggleKey });
  }

  /** Makes the metric, or replaces it. */
  @Post()
  @HttpCode(200)
  @ApiOkResponse({ type: SavedMetricDto })
  save(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: SaveMetricDto,
  ): Promise<SavedMetricDto> {
    return this.metrics.save({ project, environmentKey, toggleKey }, request);
  }

  /** How the variations did. */
  @Get('analysis')
  @ApiOkResponse({ type: AnalysisDto })
  analysis(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Query() query: AnalysisQuery,
  ): Promise<AnalysisDto> {
    return this.answers.analysis({ project, environmentKey, toggleKey }, query);
  }

  /** The times in which access events were collected, newest first. */
  @Get('iterations')
  @ApiOkResponse({ type: [IterationDto] })
  iterations(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<IterationDto[]> {
    return this.answers.iterations({ project, environmentKey, toggleKey });
  }

  /** Whether the metric's events have come in. Any `sdkType` will do: upstream's UI names some that upstream doesn't know. */
  @Get('status')
  @ApiQuery({ name: 'sdkType', required: false, example: 'JavaScript' })
  @ApiOkResponse({ type: ReportStatusDto })
  status(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<ReportStatusDto> {
    return this.answers.status({ project, environmentKey, toggleKey });
  }

  /** Why an analysis has nothing to say. */
  @Get('diagnosis')
  @ApiOkResponse({ type: DiagnosisDto })
  diagnosis(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<DiagnosisDto> {
    return this.answers.diagnosis({ project, environmentKey, toggleKey });
  }
}
