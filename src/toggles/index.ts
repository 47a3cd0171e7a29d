export type { ReleaseStatus } from './targeting/release-status.js';
export { TargetingEntity } from './targeting/targeting.entity.js';
export { ToggleEntity } from './toggle.entity.js';
export { TogglesModule } from './toggles.module.js';
