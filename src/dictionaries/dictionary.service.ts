import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { UnitOfWork } from '../platform/database/index.js';
import { DomainError, invalidField, notFound } from '../platform/errors/index.js';
import type { Principal } from '../platform/http/index.js';
import { DictionaryDto } from './dictionary.dto.js';
import { DictionaryRepository } from './dictionary.repository.js';

/** Upstream's column holds as much. */
const MAX_VALUE_BYTES = 64 * 1024;

/** Keeps what clients want to remember for a member. What a value means is the client's affair. */
@Injectable()
export class DictionaryService {
  constructor(
    private readonly entries: DictionaryRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not_found`. */
  async get({ memberId }: Principal, key: string): Promise<DictionaryDto> {
    const entry = await this.entries.find(memberId, hashOf(key));
    if (!entry) throw notFound('dictionary', key);
    return DictionaryDto.from(entry);
  }

  /**
   * Keeps a value, in place of the one there may be. `value` is JSON text.
   * @throws DomainError `invalid_request` for a value that is absent or too long.
   */
  async put({ memberId }: Principal, key: string, value: string | undefined): Promise<DictionaryDto> {
    if (value === undefined) throw new DomainError('body_malformed');
    refuseLong(value);
    const keyHash = hashOf(key);
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      await this.entries.put({ memberId, keyHash, key, value, createdAt: now, modifiedAt: now });
      const stored = await this.entries.find(memberId, keyHash);
      if (!stored) throw notFound('dictionary', key);
      return DictionaryDto.from(stored);
    });
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key.toLowerCase()).digest('hex');
}

function refuseLong(value: string): void {
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw invalidField('value', {
      en: `must have at most ${MAX_VALUE_BYTES} bytes`,
      zh: `最多 ${MAX_VALUE_BYTES} 字节`,
    });
}
