import type { Endpoint } from '../../delivery/index.js';
import type { Touchpoint } from './touchpoint.js';

/** How a touchpoint's requests are sent, for test sends. Implemented by `requests`. */
export abstract class ReachEndpoints {
  abstract endpointOf(touchpoint: Touchpoint): Endpoint;
}
