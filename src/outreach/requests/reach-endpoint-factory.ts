import { Injectable } from '@nestjs/common';
import type { Endpoint } from '../../delivery/index.js';
import { ReachEndpoints } from '../touchpoints/reach-endpoints.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { ReachEndpoint } from './reach-endpoint.js';

/** Makes the endpoint that a test request goes to: the same as for real ones. */
@Injectable()
export class ReachEndpointFactory extends ReachEndpoints {
  endpointOf(touchpoint: Touchpoint): Endpoint {
    return new ReachEndpoint(touchpoint);
  }
}
