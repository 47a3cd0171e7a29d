import { Injectable } from '@nestjs/common';
import type { Campaign } from '../campaigns/campaign.js';
import { compileBodies, type BodyMaker } from '../requests/reach-bodies.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';

/** Pairs of a campaign and a touchpoint that are remembered. */
const MAX_REMEMBERED = 200;

interface Compiled {
  /** All that a body depends on besides its users. */
  readonly version: string;
  readonly make: BodyMaker;
}

/** Makers of bodies, compiled once for each version of a campaign and its touchpoint. */
@Injectable()
export class BodyMakers {
  readonly #known = new Map<string, Compiled>();

  /** @throws Error where the campaign's values don't fit the touchpoint as it is now */
  of(campaign: Campaign, touchpoint: Touchpoint): BodyMaker {
    const key = `${campaign.id} ${touchpoint.id}`;
    const { name, kind, config } = touchpoint;
    const version = JSON.stringify([campaign.templateValues, name, kind, config]);
    const known = this.#known.get(key);
    if (known?.version === version) return known.make;
    const make = compileBodies(touchpoint, campaign.templateValues);
    this.#known.delete(key);
    this.#known.set(key, { version, make });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return make;
  }
}
