import type { Provider, Type } from '@nestjs/common';
import { SealedTexts } from '../../platform/sealing/index.js';
import { ConfigTexts } from './config-texts.js';
import { TouchpointDeliveryController } from './deliveries/touchpoint-delivery.controller.js';
import { OptionSource } from './options/option-source.js';
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
import { TouchpointTester } from './trial/touchpoint-tester.js';
import { TrialController } from './trial/trial.controller.js';

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
];
