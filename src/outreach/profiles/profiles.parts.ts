import type { Provider, Type } from '@nestjs/common';
import { ProfileEventCountEntity, ProfileEventEntity } from './profile-event.entity.js';
import { ProfileEntity, ProfileSequenceEntity } from './profile.entity.js';

export const PROFILE_ENTITIES = [
  ProfileEntity,
  ProfileSequenceEntity,
  ProfileEventEntity,
  ProfileEventCountEntity,
];
export const PROFILE_CONTROLLERS: Type[] = [];
export const PROFILE_PROVIDERS: Provider[] = [];
