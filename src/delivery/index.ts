export { DeliveryModule } from './delivery.module.js';
export { DeliveryPlanner, type MessagePlan, type PlanTarget } from './delivery-planner.js';
export { EgressGuard } from './egress/egress-guard.js';
export { EgressPolicy } from './egress/egress-policy.js';
export { GuardedClient, type CallLimits, type CallResult } from './http/guarded-client.js';
export {
  EndpointDirectory,
  type DeliveryEnd,
  type Endpoint,
  type OutgoingTry,
} from './endpoint-directory.js';
export type { EndpointKind } from './endpoint-kind.js';
export { Endpoints, type EndpointHealth, type HealthState } from './endpoints.js';
export type { Exchange } from './http/exchange.js';
export { bytesOf, type Message } from './message.js';
export { TestSender, type TestResult } from './test-sender.js';
export { EndpointDeliveries } from './log/endpoint-deliveries.js';
export { DeliveryLog } from './log/delivery-log.js';
export type { DeliveryCriteria } from './log/delivery.repository.js';
export type { AttemptView, DeliveryDetail, DeliveryView } from './log/delivery-view.js';
export { judge, type Outcome } from './worker/outcome.js';
export { DELIVERY_STATUSES, type DeliveryStatus } from './queue/delivery.entity.js';
