import type { Provider } from '@nestjs/common';
import { ReachEndpoints } from '../touchpoints/reach-endpoints.js';
import { OutreachDirectory } from './outreach.directory.js';
import { ReachEndpointFactory } from './reach-endpoint-factory.js';

export const REQUEST_PROVIDERS: Provider[] = [
  OutreachDirectory,
  { provide: ReachEndpoints, useClass: ReachEndpointFactory },
];
