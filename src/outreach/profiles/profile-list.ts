import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { type Page, pageOf } from '../../platform/http/index.js';
import { Audiences } from './audience.js';
import { gidOf } from './field-checks.js';
import type { ProfileRow } from './profile-batch.js';
import { type AudienceDto, ProfileDto, type ProfileQuery } from './profile.dto.js';
import { ProfileScan } from './profile-scan.js';
import { profileOf, ProfileRepository } from './profile.repository.js';

/** Profiles that the audience of a segment is shown by. */
const SAMPLE = 10;

type RowTest = (row: ProfileRow) => boolean;

interface Found {
  readonly count: number;
  readonly rows: readonly ProfileRow[];
}

/** Where a page begins and how long it is. */
interface Window {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Lists profiles. By the index where that will do: all of them, a userId, a gid, the beginning of userIds. What is in a segment, and what
 * userIds contain, is found by looking at every profile.
 */
@Injectable()
export class ProfileList {
  constructor(
    private readonly profiles: ProfileRepository,
    private readonly scan: ProfileScan,
    private readonly audiences: Audiences,
  ) {}

  /** Newest gids first; by a keyword, the gid it is and then by userId. @throws DomainError `not_found` for the segment. */
  async list(project: ProjectRef, query: ProfileQuery): Promise<Page<ProfileDto>> {
    const window = { offset: query.pageIndex * query.pageSize, limit: query.pageSize };
    const { count, rows } = await this.#find(project, query, window);
    return pageOf(
      rows.map((row) => ProfileDto.from(row)),
      count,
      query,
    );
  }

  /** Who is in a segment. @throws DomainError `not_found` for the segment. */
  async audience(project: ProjectRef, segmentKey: string): Promise<AudienceDto> {
    const isIn = await this.#isIn(project, segmentKey);
    const { count, rows } = await this.scan.page(project.id, isIn, { offset: 0, limit: SAMPLE });
    return { count, sample: rows.map((row) => ProfileDto.from(row)) };
  }

  async #find(project: ProjectRef, query: ProfileQuery, window: Window): Promise<Found> {
    const { keyword, segmentKey, userId } = query;
    const isIn = segmentKey === undefined ? undefined : await this.#isIn(project, segmentKey);
    const matches = keyword === undefined ? undefined : matcherOf(keyword);
    const passes: RowTest = (row) => (matches?.(row) ?? true) && (isIn?.(row) ?? true);
    if (userId !== undefined) {
      const rows = (await this.profiles.byUserIds(project.id, [userId])).filter(passes);
      return { count: rows.length, rows: rows.slice(window.offset, window.offset + window.limit) };
    }
    if (isIn) return this.scan.page(project.id, passes, window);
    if (keyword === undefined) return this.#all(project.id, window);
    const found = await this.#byIndex(project.id, keyword, window);
    return found.count > 0 ? found : this.scan.page(project.id, passes, window);
  }

  async #all(projectId: number, { offset, limit }: Window): Promise<Found> {
    const count = await this.profiles.count(projectId);
    return { count, rows: offset < count ? await this.profiles.page(projectId, offset, limit) : [] };
  }

  /** The profile whose gid the keyword is, and then those whose userId begins with it. */
  async #byIndex(projectId: number, keyword: string, { offset, limit }: Window): Promise<Found> {
    const gid = gidOf(keyword) ?? 0;
    const first = gid > 0 ? await this.profiles.byGids(projectId, [gid]) : [];
    const both = first.filter(({ userId }) => userId?.startsWith(keyword)).length;
    const others = (await this.profiles.countByPrefix(projectId, keyword)) - both;
    const own = first.slice(offset, offset + limit);
    const window = [Math.max(offset - first.length, 0), limit - own.length] as const;
    const rest = window[1] > 0 ? await this.profiles.pageByPrefix(projectId, keyword, gid, window) : [];
    return { count: first.length + others, rows: [...own, ...rest] };
  }

  async #isIn(project: ProjectRef, segmentKey: string): Promise<RowTest> {
    const test = await this.audiences.testOf(project, segmentKey);
    return (row) => test(profileOf(row));
  }
}

function matcherOf(keyword: string): RowTest {
  const wanted = keyword.toLowerCase();
  const gid = gidOf(keyword);
  return (row) => row.gid === gid || (row.userId?.toLowerCase().includes(wanted) ?? false);
}
