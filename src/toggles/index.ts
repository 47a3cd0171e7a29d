export type { ReleaseStatus } from './targeting/release-status.js';
export { MetricDefinitions } from './metrics/metric-definitions.js';
export * from './metrics/metric.entity.js';
export { TargetingEntity, TargetingVersionEntity } from './targeting/targeting.entity.js';
export { type TargetingOfToggle, TargetingRepository } from './targeting/targeting.repository.js';
export { ToggleEntity } from './toggle.entity.js';
export { TogglesModule } from './toggles.module.js';
