export { CUSTOM_EVENTS_REPORTED, type CustomEvent, type CustomEventsReport } from './custom-events.js';
export { SdkModule } from './sdk.module.js';
