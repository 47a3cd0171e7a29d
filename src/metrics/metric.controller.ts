import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
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

  @Get()
  @ApiOperation({ summary: "The metric that the toggle's variations are compared by" })
  @ApiOkResponse({ type: MetricDto })
  get(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<MetricDto> {
    return this.metrics.get({ project, environmentKey, toggleKey });
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes the metric, or replaces it' })
  @ApiOkResponse({ type: SavedMetricDto })
  save(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: SaveMetricDto,
  ): Promise<SavedMetricDto> {
    return this.metrics.save({ project, environmentKey, toggleKey }, request);
  }

  @Get('analysis')
  @ApiOperation({ summary: 'How the variations did by the metric' })
  @ApiOkResponse({ type: AnalysisDto })
  analysis(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Query() query: AnalysisQuery,
  ): Promise<AnalysisDto> {
    return this.answers.analysis({ project, environmentKey, toggleKey }, query);
  }

  @Get('iterations')
  @ApiOperation({ summary: 'The times in which access events were collected, newest first' })
  @ApiOkResponse({ type: [IterationDto] })
  iterations(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<IterationDto[]> {
    return this.answers.iterations({ project, environmentKey, toggleKey });
  }

  @Get('status')
  @ApiOperation({
    summary: "Whether the metric's events have come in",
    description: "Any `sdkType` will do: upstream's UI names some that upstream doesn't know.",
  })
  @ApiQuery({ name: 'sdkType', required: false, type: String, example: 'JavaScript' })
  @ApiOkResponse({ type: ReportStatusDto })
  status(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<ReportStatusDto> {
    return this.answers.status({ project, environmentKey, toggleKey });
  }

  @Get('diagnosis')
  @ApiOperation({ summary: 'Why an analysis has nothing to say' })
  @ApiOkResponse({ type: DiagnosisDto })
  diagnosis(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<DiagnosisDto> {
    return this.answers.diagnosis({ project, environmentKey, toggleKey });
  }
}
