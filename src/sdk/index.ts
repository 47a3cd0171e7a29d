export { SdkModule } from './sdk.module.js';
