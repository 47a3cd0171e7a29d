import { Injectable } from '@nestjs/common';
import type { ProfileRow } from './profile-batch.js';
import { ProfileEventRepository } from './profile-event.repository.js';
import { ProfileDetailDto, ProfileDto, ProfileEventDto } from './profile.dto.js';
import { TOUCH_EVENT } from './profile.js';
import { TouchHistory } from './touch-history.js';

/** Events that are shown. */
const SHOWN = 50;

/** What happened to a profile: what its user did, and what campaigns sent. */
@Injectable()
export class ProfileHistory {
  constructor(
    private readonly events: ProfileEventRepository,
    private readonly touches: TouchHistory,
  ) {}

  /** The profile with its newest events, and how many of each name there ever were. */
  async of(projectId: number, row: ProfileRow): Promise<ProfileDetailDto> {
    const { gid } = row;
    const tracked = await this.events.recent(projectId, gid, SHOWN);
    const touches = await this.touches.recent(projectId, gid, SHOWN);
    const counts = await this.events.counts(projectId, [gid]);
    const touchCount = await this.touches.count(projectId, gid);
    const lastTouch = touches[0]?.time ?? 0;
    if (touchCount > 0) counts.push({ gid, name: TOUCH_EVENT, count: touchCount, lastAt: lastTouch });
    return {
      ...ProfileDto.from(row),
      events: [...tracked, ...touches]
        .toSorted((a, b) => b.time - a.time)
        .slice(0, SHOWN)
        .map((event) => ProfileEventDto.from(event)),
      eventCounts: counts
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, count, lastAt }) => ({ name, count, lastTime: new Date(lastAt) })),
    };
  }
}
