export * from './environment-hooks.js';
export type { ApprovalSetting, EnvironmentRef } from './environment-ref.js';
export { EnvironmentDto } from './environment.dto.js';
export { EnvironmentEntity } from './environment.entity.js';
export { EnvironmentService } from './environment.service.js';
export { EnvironmentsModule } from './environments.module.js';
