import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { DirectoryLookup } from '../directory-lookup.js';
import type { Endpoint } from '../endpoint-directory.js';
import { isBreakerOpen } from '../endpoint-state.js';
import { leaseEnd, type Claim, type Claimed, type ClaimLimits } from './claim.js';
import { DueLanes, type DueLane, type SendableEndpoint } from './due-lanes.js';
import { fairShares } from './fair-shares.js';
import { LaneHeads } from './lane-heads.js';
import { RateSlots, type SlotRow } from './rate-slots.js';

/** An endpoint that may be sent to, and how many more requests it may have on the way. */
interface Turn {
  readonly endpoint: Endpoint;
  readonly organizationId: number;
  readonly isProbe: boolean;
  readonly inFlight: number;
  readonly room: number;
}

/** Takes what is due: the head of each due lane, for as many lanes as their endpoints' limits and a fair share of the room allow. */
@Injectable()
export class DeliveryClaims {
  constructor(
    private readonly due: DueLanes,
    private readonly heads: LaneHeads,
    private readonly rates: RateSlots,
    private readonly owner: DirectoryLookup,
    private readonly clock: Clock,
  ) {}

  /** Endpoints that have something due and may be sent to. Reads committed rows only. */
  async dueEndpoints(): Promise<number[]> {
    return this.due.endpoints(this.clock.now());
  }

  /** Claims within the open unit. */
  async claim(limits: ClaimLimits): Promise<Claimed> {
    const now = this.clock.now();
    const turns = await this.#turns(limits, now);
    const slots = await this.rates.look(
      turns.flatMap(({ endpoint: { id, maxPerSecond } }) =>
        maxPerSecond === undefined ? [] : [{ endpointId: id, maxPerSecond, busyForMs: limits.busyForMs(id) }],
      ),
    );
    const lanes = await this.#dueLanes(turns, slots, limits, now);
    const shares = fairShares(
      turns.map(({ endpoint, organizationId, inFlight }) => ({
        endpointId: endpoint.id,
        organizationId,
        inFlight,
        wanted: lanes.get(endpoint.id)?.length ?? 0,
      })),
      limits.room,
      limits.organizationsInFlight,
    );
    const chosen = turns.flatMap(({ endpoint, isProbe }) =>
      (lanes.get(endpoint.id) ?? [])
        .slice(0, shares.get(endpoint.id) ?? 0)
        .map((lane) => ({ ...lane, endpoint, isProbe })),
    );
    const claims = await this.heads.take(chosen, now);
    for (const { isProbe, endpoint } of claims)
      if (isProbe) await this.due.holdProbe(endpoint.id, leaseEnd(endpoint, now));
    const outOfTurn = [...lanes].filter(([id, found]) => found.length > (shares.get(id) ?? 0));
    return { ...(await this.#withSlots(claims, slots)), outOfTurn: outOfTurn.map(([id]) => id) };
  }

  async #turns(limits: ClaimLimits, now: number): Promise<Turn[]> {
    const rows = await this.due.sendable([...limits.inFlight.keys()], now);
    if (rows.size === 0) return [];
    const endpoints = await this.owner.directory.load([...rows.keys()]);
    const open = [...rows.values()].filter((row) => isOpen(row)).map(({ id }) => id);
    const probes = await this.due.lockProbes(open, now);
    const turns: Turn[] = [];
    for (const [id, inFlight] of limits.inFlight) {
      const row = rows.get(id);
      const endpoint = endpoints.get(id);
      if (!row || !endpoint) continue;
      const isProbe = isOpen(row);
      if (isProbe && !probes.has(id)) continue;
      const room = (isProbe ? 1 : endpoint.maxInFlight) - inFlight;
      if (room > 0) turns.push({ endpoint, organizationId: row.organization_id, isProbe, inFlight, room });
    }
    return turns;
  }

  async #dueLanes(
    turns: readonly Turn[],
    slots: ReadonlyMap<number, SlotRow>,
    { room }: ClaimLimits,
    now: number,
  ): Promise<Map<number, DueLane[]>> {
    const wanted = turns.map(({ endpoint: { id }, room: own }): [number, number] => [
      id,
      Math.min(own, room.free, slots.get(id)?.count ?? own),
    ]);
    return this.due.lanes(new Map(wanted.filter(([, count]) => count > 0)), now);
  }

  /** Gives the claims of rate-limited endpoints their instants. */
  async #withSlots(
    claims: readonly Claim[],
    slots: ReadonlyMap<number, SlotRow>,
  ): Promise<Pick<Claimed, 'claims' | 'laterAt'>> {
    if (slots.size === 0) return { claims, laterAt: new Map() };
    const taken = new Map<number, number>();
    const paced = claims.map((claim) => {
      const row = slots.get(claim.endpoint.id);
      if (!row) return claim;
      const index = taken.get(claim.endpoint.id) ?? 0;
      taken.set(claim.endpoint.id, index + 1);
      return { ...claim, slotAt: row.at(index) };
    });
    const laterAt = new Map<number, number>();
    for (const [id, row] of slots) {
      const count = taken.get(id) ?? 0;
      if (count > 0) await this.rates.take(row, count);
      // With slots to spare, something else held it up, and will say so when it no longer does.
      if (count >= row.count) laterAt.set(id, this.rates.lookAgainAt(row, count));
    }
    return { claims: paced, laterAt };
  }
}

function isOpen({ consecutive_failures }: SendableEndpoint): boolean {
  return isBreakerOpen({ consecutiveFailures: consecutive_failures });
}
