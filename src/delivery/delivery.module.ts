import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../platform/config/index.js';
import { Log } from '../platform/log/logger.js';
import { BacklogMetrics } from './backlog-metrics.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryPlanner } from './delivery-planner.js';
import { EgressGuard } from './egress/egress-guard.js';
import { EgressPolicy } from './egress/egress-policy.js';
import { EndpointOwners } from './endpoint-owners.js';
import { EndpointEntity } from './endpoint.entity.js';
import { EndpointRepository } from './endpoint.repository.js';
import { Endpoints } from './endpoints.js';
import { GuardedClient } from './http/guarded-client.js';
import { HttpSender } from './http/http-sender.js';
import { RequestSender } from './http/request-sender.js';
import { ThreadSender } from './http/thread/thread-sender.js';
import { DeliveryLog } from './log/delivery-log.js';
import { DeliveryRepository } from './log/delivery.repository.js';
import { EndpointDeliveries } from './log/endpoint-deliveries.js';
import { ExpiredDeliveries } from './log/expired-deliveries.js';
import { Leftovers } from './log/leftovers.js';
import { Redeliveries } from './log/redeliveries.js';
import { Retention } from './log/retention.js';
import { AttemptEntity } from './queue/attempt.entity.js';
import { Backlog } from './queue/backlog.js';
import { Cancellation } from './queue/cancellation.js';
import { ClaimTurns } from './queue/claim-turns.js';
import { ClockShift } from './queue/clock-shift.js';
import { DeliveryClaims } from './queue/delivery-claims.js';
import { DeliveryInserts } from './queue/delivery-inserts.js';
import { DeliveryRound } from './queue/delivery-round.js';
import { DeliveryEntity } from './queue/delivery.entity.js';
import { EndpointFlightEntity } from './queue/endpoint-flight.entity.js';
import { EndpointFlights } from './queue/endpoint-flights.js';
import { LaneEntity } from './queue/lane.entity.js';
import { DueLanes } from './queue/due-lanes.js';
import { LaneHeads } from './queue/lane-heads.js';
import { Lanes } from './queue/lanes.js';
import { MessageEntity } from './queue/message.entity.js';
import { Messages } from './queue/messages.js';
import { RateSlots } from './queue/rate-slots.js';
import { RoundReports } from './queue/round-reports.js';
import { Settlement } from './queue/settlement.js';
import { SettlementWrites } from './queue/settlement-writes.js';
import { Superseded } from './queue/superseded.js';
import { Withdrawals } from './queue/withdrawals.js';
import { SpreadMetrics } from './spread/spread-metrics.js';
import { WORK_SPREAD } from './spread/work-spread.provider.js';
import { TestSender } from './test-sender.js';
import { ClockWatch } from './worker/clock-watch.js';
import { DeliverySender } from './worker/delivery-sender.js';
import { DeliveryWorker } from './worker/delivery-worker.js';
import { RetryPolicy } from './worker/retry-policy.js';
import { TryLog } from './worker/try-log.js';

/**
 * Deliveries go out from a thread of their own, other requests from this one. Run from its sources, as tests do, the code has no
 * compiled module that a thread could start.
 */
function requestSenderFor(http: HttpSender, settings: Settings, log: Log): RequestSender {
  const isCompiled = import.meta.url.endsWith('.js');
  if (!isCompiled || !settings.roles.has('worker')) return http;
  const { egressAllow, egressProxyFromEnvironment: proxyFromEnvironment } = settings;
  return new ThreadSender({ egressAllow: [...egressAllow], proxyFromEnvironment }, log);
}

/** The engine: keeps what is to be delivered, sends it, remembers what came of it. Knows nothing of flags. */
@Module({
  imports: [
    TypeOrmModule.forFeature([
      EndpointEntity,
      EndpointFlightEntity,
      LaneEntity,
      MessageEntity,
      DeliveryEntity,
      AttemptEntity,
    ]),
  ],
  providers: [
    {
      provide: EgressGuard,
      inject: [Settings],
      useFactory: (settings: Settings) => new EgressGuard(EgressPolicy.parse([...settings.egressAllow])),
    },
    {
      provide: HttpSender,
      inject: [EgressGuard, Settings],
      useFactory: (guard: EgressGuard, settings: Settings) =>
        new HttpSender(guard, { proxyFromEnvironment: settings.egressProxyFromEnvironment }),
    },
    {
      provide: RequestSender,
      inject: [HttpSender, Settings, Log],
      useFactory: requestSenderFor,
    },
    Backlog,
    BacklogMetrics,
    Cancellation,
    ClaimTurns,
    ClockShift,
    ClockWatch,
    DeliveryClaims,
    DeliveryInserts,
    DeliveryLog,
    DeliveryMetrics,
    DeliveryPlanner,
    DeliveryRepository,
    DeliveryRound,
    DeliverySender,
    DeliveryWorker,
    DueLanes,
    EndpointDeliveries,
    EndpointFlights,
    EndpointOwners,
    EndpointRepository,
    Endpoints,
    ExpiredDeliveries,
    GuardedClient,
    LaneHeads,
    Lanes,
    Leftovers,
    Messages,
    RateSlots,
    Redeliveries,
    Retention,
    RetryPolicy,
    RoundReports,
    Settlement,
    SettlementWrites,
    SpreadMetrics,
    Superseded,
    TestSender,
    TryLog,
    WORK_SPREAD,
    Withdrawals,
  ],
  exports: [
    DeliveryLog,
    DeliveryPlanner,
    EgressGuard,
    EndpointDeliveries,
    EndpointOwners,
    Endpoints,
    GuardedClient,
    TestSender,
    Withdrawals,
  ],
})
export class DeliveryModule {}
