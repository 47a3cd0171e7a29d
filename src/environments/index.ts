export { EnvironmentsModule } from './environments.module.js';
