import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/errors/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import { SealedTexts } from '../../platform/sealing/index.js';
import { ConfigTexts } from './config-texts.js';
import { TouchpointDto } from './touchpoint.dto.js';
import type { TouchpointDraft } from './touchpoint-draft.js';
import { TouchpointEntity } from './touchpoint.entity.js';
import { TouchpointRepository } from './touchpoint.repository.js';
import { TouchpointSpaceRepository } from './touchpoint-space.repository.js';

/** A touchpoint as its row is at a moment, and what that says. */
export interface TouchpointState {
  readonly entity: TouchpointEntity;
  readonly draft: TouchpointDraft;
  /** As its events show it: without its secret. */
  readonly shown: TouchpointDto;
}

/** Reads rows into what they say, and makes rows of what is said. */
@Injectable()
export class TouchpointRecords {
  constructor(
    private readonly touchpoints: TouchpointRepository,
    private readonly spaces: TouchpointSpaceRepository,
    private readonly secrets: SealedTexts,
    private readonly configs: ConfigTexts,
    private readonly stamps: AuditStamps,
  ) {}

  /** A new row, not yet written: enabled. */
  make(
    key: Pick<TouchpointEntity, 'id' | 'organizationId' | 'receiptEndpointId'>,
    draft: TouchpointDraft,
  ): TouchpointEntity {
    const status = 'ENABLED' as const;
    return Object.assign(new TouchpointEntity(), this.stamps.created(), key, this.#columnsOf(draft), {
      status,
    });
  }

  /** The same row with other values, marked as changed now by the caller. */
  changed(
    before: TouchpointState,
    values: Partial<TouchpointEntity>,
    draft = before.draft,
  ): TouchpointEntity {
    const columns = draft === before.draft ? {} : this.#columnsOf(draft, before);
    const entity = Object.assign(new TouchpointEntity(), before.entity, columns, values);
    this.stamps.modified(entity);
    return entity;
  }

  /** @throws DomainError `not_found` */
  async get(organizationId: number, id: number): Promise<TouchpointState> {
    const entity = await this.touchpoints.find(organizationId, id);
    if (!entity) throw notFound('touchpoint', id);
    return this.stateOf(entity);
  }

  /** The same, its row locked until the unit ends. */
  async lock(organizationId: number, id: number): Promise<TouchpointState> {
    const entity = await this.touchpoints.findForUpdate(id, organizationId);
    if (!entity) throw notFound('touchpoint', id);
    return this.stateOf(entity);
  }

  async stateOf(entity: TouchpointEntity): Promise<TouchpointState> {
    const [state] = await this.statesOf([entity]);
    return state as TouchpointState;
  }

  /** One statement for all. */
  async statesOf(entities: readonly TouchpointEntity[]): Promise<TouchpointState[]> {
    const keys = await this.spaces.keysOf(entities.map(({ id }) => id));
    return entities.map((entity) => {
      const draft = this.#draftOf(entity);
      return { entity, draft, shown: TouchpointDto.from(entity, draft, keys.get(entity.id) ?? []) };
    });
  }

  #draftOf({ kind, type, name, url, sealedSecret, config }: TouchpointEntity): TouchpointDraft {
    const secret = this.secrets.open(sealedSecret);
    return { kind, type, name, url, secret, config: this.configs.read(config) };
  }

  /** A secret that stays as it is stays sealed as it is. */
  #columnsOf(
    { kind, type, name, url, secret, config }: TouchpointDraft,
    before?: TouchpointState,
  ): Pick<TouchpointEntity, 'kind' | 'type' | 'name' | 'url' | 'sealedSecret' | 'config'> {
    const isKept = before !== undefined && before.draft.secret === secret;
    const sealedSecret = isKept ? before.entity.sealedSecret : this.secrets.seal(secret);
    return { kind, type, name, url, sealedSecret, config: JSON.stringify(config) };
  }
}
