import { Injectable } from '@nestjs/common';
import type { ProfileEvent } from './profile.js';
import { TouchHistory } from './touch-history.js';
import { TrackedEventsListener } from './tracked-events.js';

/** For as long as nothing is sent. */
@Injectable()
export class NoTouches extends TouchHistory {
  recent(): Promise<ProfileEvent[]> {
    return Promise.resolve([]);
  }

  count(): Promise<number> {
    return Promise.resolve(0);
  }
}

/** For as long as nothing waits for events. */
@Injectable()
export class NoListener extends TrackedEventsListener {
  async tracked(): Promise<void> {
    // Nobody to tell.
  }
}
