export { type EventDefinition, eventOf } from './event-definition.js';
export { EventTracker } from './event-tracker.js';
export { ToggleMetricsModule } from './toggle-metrics.module.js';
