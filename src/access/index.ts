export { AccessModule } from './access.module.js';
export * from './project-scope.js';
