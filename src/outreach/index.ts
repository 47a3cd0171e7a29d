export { OutreachModule } from './outreach.module.js';
