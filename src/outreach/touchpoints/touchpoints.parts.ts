import { Injectable, type Provider, type Type } from '@nestjs/common';
import type { Endpoint } from '../../delivery/index.js';
import { SealedTexts } from '../../platform/sealing/index.js';
import { ConfigTexts } from './config-texts.js';
import { TouchpointDeliveryController } from './deliveries/touchpoint-delivery.controller.js';
import { OptionSource } from './options/option-source.js';
import { ReachEndpoints } from './reach-endpoints.js';
import { TouchpointController } from './touchpoint.controller.js';
import { TouchpointEndpoints } from './touchpoint-endpoints.js';
import { TouchpointEntity, TouchpointSpaceEntity } from './touchpoint.entity.js';
import { TouchpointEvents } from './touchpoint-events.js';
import { TouchpointReader } from './touchpoint-reader.js';
import { TouchpointRecords } from './touchpoint-records.js';
import { TouchpointRepository } from './touchpoint.repository.js';
import { TouchpointService } from './touchpoint.service.js';
import { TouchpointSpaceRepository } from './touchpoint-space.repository.js';
import { TouchpointSpaces } from './touchpoint-spaces.js';
import { TouchpointStore } from './touchpoint-store.js';
import { TouchpointSwitch } from './touchpoint-switch.js';
import { Touchpoints } from './touchpoint.js';
import { TouchpointUsage, type Holder } from './touchpoint-usage.js';
import { TouchpointTester } from './trial/touchpoint-tester.js';
import { TrialController } from './trial/trial.controller.js';

/** Until `campaigns` says who uses touchpoints: nobody does. */
@Injectable()
class NoUsage extends TouchpointUsage {
  async holdersOf(): Promise<Holder[]> {
    return [];
  }

  async holdersIn(): Promise<Holder[]> {
    return [];
  }
}

/** Until `requests` makes them. */
@Injectable()
class NoReachEndpoints extends ReachEndpoints {
  endpointOf(): Endpoint {
    throw new Error('to be built');
  }
}

export const TOUCHPOINT_ENTITIES = [TouchpointEntity, TouchpointSpaceEntity];
export const TOUCHPOINT_CONTROLLERS: Type[] = [
  TouchpointController,
  TouchpointDeliveryController,
  TrialController,
];
export const TOUCHPOINT_PROVIDERS: Provider[] = [
  ConfigTexts,
  OptionSource,
  SealedTexts,
  TouchpointEndpoints,
  TouchpointEvents,
  TouchpointReader,
  TouchpointRecords,
  TouchpointRepository,
  TouchpointService,
  TouchpointSpaceRepository,
  TouchpointSpaces,
  TouchpointSwitch,
  TouchpointTester,
  { provide: Touchpoints, useClass: TouchpointStore },
  // Providers further down in the module's list take the place of these two.
  { provide: ReachEndpoints, useClass: NoReachEndpoints },
  { provide: TouchpointUsage, useClass: NoUsage },
];
