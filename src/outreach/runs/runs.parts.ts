import type { Provider, Type } from '@nestjs/common';
import { RunControl } from '../campaigns/run-control.js';
import { TouchHistory } from '../profiles/touch-history.js';
import { TrackedEventsListener } from '../profiles/tracked-events.js';
import { BatchResults } from '../requests/batch-results.js';
import { AudienceTests } from './audience-tests.js';
import { BatchContexts } from './batch-contexts.js';
import { BatchEnds } from './batch-ends.js';
import { BatchFiller } from './batch-filler.js';
import { BatchPlanner } from './batch-planner.js';
import { BatchRepository } from './batch.repository.js';
import { BatchUsers } from './batch-users.js';
import { BodyMakers } from './body-makers.js';
import { Endings } from './endings.js';
import { HandOver } from './hand-over.js';
import { Intake } from './intake.js';
import { LostBatches } from './lost-batches.js';
import { Placements } from './placements.js';
import { PollTargets } from './poll-targets.js';
import { ReachPace } from './reach-pace.js';
import { RecipientList } from './reading/recipient-list.js';
import { RecipientRows } from './reading/recipient-rows.js';
import { RunController } from './reading/run.controller.js';
import { RunReader } from './reading/run-reader.js';
import { RunRows } from './reading/run-rows.js';
import { ReceiptBatches } from './receipt-batches.js';
import { ReceiptPolls } from './receipt-polls.js';
import { Recipients } from './recipients.js';
import { RunClosing } from './run-closing.js';
import { CampaignRunEntity, ReachBatchEntity, RecipientEntity, TriggerCountEntity } from './run.entity.js';
import { RunFinisher } from './run-finisher.js';
import { RunMetrics } from './run-metrics.js';
import { RunPlanning } from './run-planning.js';
import { RunRepository } from './run.repository.js';
import { RunResults } from './run-results.js';
import { RunRounds } from './run-rounds.js';
import { RunRunner } from './run-runner.js';
import { RunStarter } from './run-starter.js';
import { RunSteps } from './run-steps.js';
import { RunTotals } from './run-totals.js';
import { RunTouchHistory } from './run-touch-history.js';
import { RunWakes } from './run-wakes.js';
import { Snapshot } from './snapshot.js';
import { TouchTriggers } from './triggers/touch-triggers.js';
import { TriggerCounts } from './triggers/trigger-counts.js';
import { TriggerFilter } from './triggers/trigger-filter.js';
import { TriggeredRuns } from './triggers/triggered-runs.js';
import { UsableTouchpoints } from './usable-touchpoints.js';

export const RUN_ENTITIES = [CampaignRunEntity, ReachBatchEntity, RecipientEntity, TriggerCountEntity];
export const RUN_CONTROLLERS: Type[] = [RunController];
export const RUN_PROVIDERS: Provider[] = [
  AudienceTests,
  BatchContexts,
  BatchEnds,
  BatchFiller,
  BatchPlanner,
  BatchRepository,
  BatchUsers,
  BodyMakers,
  Endings,
  HandOver,
  Intake,
  LostBatches,
  Placements,
  PollTargets,
  ReachPace,
  RecipientList,
  RecipientRows,
  RunReader,
  RunRows,
  ReceiptBatches,
  ReceiptPolls,
  Recipients,
  RunClosing,
  RunFinisher,
  RunMetrics,
  RunPlanning,
  RunRepository,
  RunRounds,
  RunRunner,
  RunStarter,
  RunSteps,
  RunTotals,
  RunWakes,
  Snapshot,
  TouchTriggers,
  TriggerCounts,
  TriggerFilter,
  UsableTouchpoints,
  { provide: RunControl, useExisting: RunClosing },
  { provide: BatchResults, useClass: RunResults },
  { provide: TouchHistory, useClass: RunTouchHistory },
  { provide: TrackedEventsListener, useClass: TriggeredRuns },
];
