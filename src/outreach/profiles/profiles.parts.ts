import type { Provider, Type } from '@nestjs/common';
import { Audiences } from './audience.js';
import { ProfileImportController } from './import/profile-import.controller.js';
import { ProfileImport } from './import/profile-import.js';
import { ProfileEventCountEntity, ProfileEventEntity } from './profile-event.entity.js';
import { ProfileEventRepository } from './profile-event.repository.js';
import { ProfileHistory } from './profile-history.js';
import { ProfileList } from './profile-list.js';
import { ProfileScan } from './profile-scan.js';
import { ProfileSource } from './profile-source.js';
import { ProfileTracker } from './profile-tracker.js';
import { ProfileWriter } from './profile-writer.js';
import { ProfileController } from './profile.controller.js';
import { ProfileEntity, ProfileSequenceEntity } from './profile.entity.js';
import { ProfileRepository } from './profile.repository.js';
import { ProfileService } from './profile.service.js';
import { ReportedEvents } from './reported-events.js';
import { SegmentAudiences } from './segment-audiences.js';
import { StoredProfiles } from './stored-profiles.js';

export const PROFILE_ENTITIES = [
  ProfileEntity,
  ProfileSequenceEntity,
  ProfileEventEntity,
  ProfileEventCountEntity,
];
export const PROFILE_CONTROLLERS: Type[] = [ProfileImportController, ProfileController];
export const PROFILE_PROVIDERS: Provider[] = [
  ProfileRepository,
  ProfileEventRepository,
  ProfileWriter,
  ProfileService,
  ProfileScan,
  ProfileList,
  ProfileHistory,
  ProfileTracker,
  ProfileImport,
  ReportedEvents,
  { provide: Audiences, useClass: SegmentAudiences },
  { provide: ProfileSource, useClass: StoredProfiles },
];
