export { TogglesModule } from './toggles.module.js';
