import type { Provider, Type } from '@nestjs/common';
import { TouchpointEntity, TouchpointSpaceEntity } from './touchpoint.entity.js';

export const TOUCHPOINT_ENTITIES = [TouchpointEntity, TouchpointSpaceEntity];
export const TOUCHPOINT_CONTROLLERS: Type[] = [];
export const TOUCHPOINT_PROVIDERS: Provider[] = [];
