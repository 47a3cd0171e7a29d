export { diff } from './changes.js';
export * from './domain-event.js';
export * from './event-catalogue.js';
export { EventHistory, type EventOutline, type EventStretch } from './event-history.js';
export { EventRecorder } from './event-recorder.js';
export { RecordedEvents, type RecordedEvent } from './recorded-events.js';
export { EventsModule } from './events.module.js';
export { toWireJson } from './wire-json.js';
