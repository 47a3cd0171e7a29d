/*
 * TO BE REMOVED WHEN MERGED, together with `STAND_INS` in campaigns.parts.ts: the least that can stand for ports that other parts of
 * outreach implement, so that the module can be put together and tested.
 */
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { UnitOfWork } from '../../platform/database/index.js';
import type { TouchpointConfig } from '../touchpoints/touchpoint-config.js';
import { TouchpointEntity, TouchpointSpaceEntity } from '../touchpoints/touchpoint.entity.js';
import { Touchpoints, type Touchpoint } from '../touchpoints/touchpoint.js';
import { RunControl } from './run-control.js';

@Injectable()
export class StandInTouchpoints extends Touchpoints {
  constructor(private readonly unitOfWork: UnitOfWork) {
    super();
  }

  override async load(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>> {
    const rows = await this.unitOfWork.reader.getRepository(TouchpointEntity).findBy({ id: In([...ids]) });
    return new Map(
      rows.map(({ id, organizationId, kind, type, name, url, status, config }) => [
        id,
        {
          id,
          organizationId,
          kind,
          ...(type && { type }),
          name,
          url,
          status,
          secret: '',
          config: JSON.parse(config) as TouchpointConfig,
        },
      ]),
    );
  }

  override async loadForUse(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>> {
    const query = this.unitOfWork.manager
      .getRepository(TouchpointEntity)
      .createQueryBuilder('touchpoint')
      .where({ id: In([...ids]) })
      .orderBy('touchpoint.id', 'ASC');
    await (this.unitOfWork.dialect.locksRows ? query.setLock('pessimistic_write') : query).getMany();
    return this.load(ids);
  }

  override ofReceiptEndpoints(): Promise<ReadonlyMap<number, Touchpoint>> {
    return Promise.resolve(new Map());
  }

  override async authorisedFor(projectId: number, ids: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await this.unitOfWork.reader
      .getRepository(TouchpointSpaceEntity)
      .findBy({ projectId, touchpointId: In([...ids]) });
    return new Set(rows.map(({ touchpointId }) => touchpointId));
  }

  override codesOf({ config }: Touchpoint, param: string): Promise<ReadonlySet<string>> {
    const options = config.templateParams.find(({ name }) => name === param)?.options;
    const values = options && 'values' in options ? options.values : [];
    return Promise.resolve(new Set(values.map(({ code }) => code)));
  }

  override disableBySystem(): Promise<void> {
    return Promise.resolve();
  }
}

@Injectable()
export class StandInRunControl extends RunControl {
  override wake(): void {}

  override isBusy(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
