export { DeliveryModule } from './delivery.module.js';
export { DeliveryPlanner, type MessagePlan, type Planned, type PlanTarget } from './delivery-planner.js';
export { EgressGuard } from './egress/egress-guard.js';
export { EgressPolicy } from './egress/egress-policy.js';
export {
  EndpointDirectory,
  type DeliveryEnd,
  type Endpoint,
  type OutgoingTry,
} from './endpoint-directory.js';
export { EndpointOwners } from './endpoint-owners.js';
export type { EndpointKind } from './endpoint-kind.js';
export { Endpoints, type EndpointHealth, type HealthState } from './endpoints.js';
export type { Answer, Exchange } from './http/exchange.js';
export { GuardedClient, type CallLimits, type CallResult } from './http/guarded-client.js';
export { bytesOf, type Message } from './message.js';
export { TestSender, type TestResult } from './test-sender.js';
export { EndpointDeliveries } from './log/endpoint-deliveries.js';
export { DeliveryLog } from './log/delivery-log.js';
export { DeliveryLogQuery, DeliveryStateDto, pageOf } from './log/delivery-log.dto.js';
export type { DeliveryCriteria } from './log/delivery.repository.js';
export type { AttemptView, DeliveryDetail, DeliveryView } from './log/delivery-view.js';
export { classOf, judge, pauseMsOf, type Outcome } from './worker/outcome.js';
export { Withdrawals } from './queue/withdrawals.js';
export { DELIVERY_STATUSES, type DeliveryStatus } from './queue/delivery.entity.js';
