import { Injectable } from '@nestjs/common';
import { SealedTexts } from '../../platform/sealing/index.js';
import { ConfigTexts } from './config-texts.js';
import { codesIn } from './options/option.js';
import { OptionSource } from './options/option-source.js';
import { Touchpoints, type Touchpoint } from './touchpoint.js';
import { TouchpointRepository, type TouchpointRow } from './touchpoint.repository.js';
import { TouchpointSpaceRepository } from './touchpoint-space.repository.js';
import { TouchpointSwitch } from './touchpoint-switch.js';

/** Touchpoints for those who send. Reading them costs one plain statement; secrets and configurations are opened and parsed once. */
@Injectable()
export class TouchpointStore extends Touchpoints {
  constructor(
    private readonly touchpoints: TouchpointRepository,
    private readonly spaces: TouchpointSpaceRepository,
    private readonly secrets: SealedTexts,
    private readonly configs: ConfigTexts,
    private readonly options: OptionSource,
    private readonly switches: TouchpointSwitch,
  ) {
    super();
  }

  async load(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>> {
    if (ids.length === 0) return new Map();
    const rows = await this.touchpoints.rowsBy('id', ids);
    return new Map(rows.map((row) => [row.id, this.#toTouchpoint(row)]));
  }

  async loadForUse(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>> {
    await this.touchpoints.lockAll(ids);
    return this.load(ids);
  }

  async ofReceiptEndpoints(ids: readonly number[]): Promise<ReadonlyMap<number, Touchpoint>> {
    if (ids.length === 0) return new Map();
    const rows = await this.touchpoints.rowsBy('receipt_endpoint_id', ids);
    return new Map(rows.map((row) => [Number(row.receipt_endpoint_id), this.#toTouchpoint(row)]));
  }

  authorisedFor(projectId: number, ids: readonly number[]): Promise<ReadonlySet<number>> {
    return this.spaces.authorised(projectId, ids);
  }

  async codesOf(touchpoint: Touchpoint, param: string, projectId: number): Promise<ReadonlySet<string>> {
    return codesIn(await this.options.optionsOf(touchpoint, param, { id: projectId }));
  }

  disableBySystem(id: number, reason: string): Promise<void> {
    return this.switches.disableBySystem(id, reason);
  }

  #toTouchpoint(row: TouchpointRow): Touchpoint {
    return {
      id: row.id,
      organizationId: row.organization_id,
      kind: row.kind,
      type: row.type ?? undefined,
      name: row.name,
      url: row.url,
      status: row.status,
      secret: this.secrets.open(row.sealed_secret),
      config: this.configs.read(row.config),
      receiptEndpointId: row.receipt_endpoint_id ?? undefined,
    };
  }
}
