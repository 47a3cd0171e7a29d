import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { leaseEnd, type Claim, type Claimed, type ClaimLimits } from './claim.js';
import { ClaimTurns, type Turn } from './claim-turns.js';
import { DueLanes, type DueLane } from './due-lanes.js';
import { EndpointFlights, type Flight } from './endpoint-flights.js';
import { fairShares } from './fair-shares.js';
import { letOthersIn } from './long-batch.js';
import { LaneHeads, type ChosenLane } from './lane-heads.js';
import { RateSlots, type SlotRow } from './rate-slots.js';

/** After this an endpoint is looked at again whose claims another process was making, or whose limit others use up; milliseconds. */
const IN_THE_WAY_MS = 5;
const USED_UP_MS = 50;

/** Takes what is due: the head of each due lane, for as many lanes as their endpoints' limits and a fair share of the room allow. */
@Injectable()
export class DeliveryClaims {
  constructor(
    private readonly due: DueLanes,
    private readonly turns: ClaimTurns,
    private readonly heads: LaneHeads,
    private readonly rates: RateSlots,
    private readonly flights: EndpointFlights,
    private readonly clock: Clock,
  ) {}

  /** Endpoints that have something due and may be sent to. Reads committed rows only. */
  async dueEndpoints(): Promise<number[]> {
    return this.due.endpoints(this.clock.now());
  }

  /** Claims within the open unit. */
  async claim(limits: ClaimLimits): Promise<Claimed> {
    const now = this.clock.now();
    const { turns, blocked } = await this.turns.of(limits, now);
    const slots = await this.rates.look(
      turns.flatMap(({ endpoint: { id, maxPerSecond } }) =>
        maxPerSecond === undefined ? [] : [{ endpointId: id, maxPerSecond, busyForMs: limits.busyForMs(id) }],
      ),
    );
    const { lanes, exhausted } = await this.#dueLanes(turns, slots, limits, now);
    const { chosen, outOfTurn } = choose(turns, lanes, limits);
    await letOthersIn(this.clock, chosen.length);
    const claims = await this.heads.take(chosen, now, limits.sendBefore, (found) => paced(found, slots));
    for (const { isProbe, endpoint } of claims)
      if (isProbe) await this.due.holdProbe(endpoint.id, leaseEnd(endpoint, now));
    await letOthersIn(this.clock, claims.length);
    await this.#record(turns, lanes, claims, limits, now);
    await this.rates.keep(slots.values());
    const laterAt = new Map<number, number>();
    for (const [id, row] of slots) if (row.isSpent) laterAt.set(id, this.rates.lookAgainAt(row));
    for (const id of blocked) laterAt.set(id, now + IN_THE_WAY_MS);
    for (const { endpoint, elsewhere, room, ahead } of turns)
      if (elsewhere.inFlight > 0 && (lanes.get(endpoint.id)?.length ?? 0) > room + ahead)
        laterAt.set(endpoint.id, now + USED_UP_MS);
    return {
      claims,
      allowed: new Map(turns.map(({ endpoint, limit }) => [endpoint.id, limit])),
      outOfTurn,
      exhausted: exhausted.filter((id) => !outOfTurn.includes(id)),
      laterAt,
    };
  }

  /** Where others have a part in the limit, one lane at least is looked for: who wants some has to say so to be left some. */
  async #dueLanes(
    turns: readonly Turn[],
    slots: ReadonlyMap<number, SlotRow>,
    { room }: ClaimLimits,
    now: number,
  ): Promise<{ lanes: Map<number, DueLane[]>; exhausted: number[] }> {
    const wanted = turns.map((turn): [number, number] => {
      const { id } = turn.endpoint;
      const own = Math.min(turn.room, room.free) + turn.ahead;
      const asking = own === 0 && turn.elsewhere.inFlight > 0 ? 1 : 0;
      return [id, Math.max(Math.min(own, slots.get(id)?.expected ?? own), asking)];
    });
    const asked = new Map(wanted.filter(([, count]) => count > 0));
    const lanes = await this.due.lanes(asked, now);
    const exhausted = [...asked].flatMap(([id, count]) => ((lanes.get(id)?.length ?? 0) < count ? [id] : []));
    return { lanes, exhausted };
  }

  /** Says to other processes what this one may have on the way now. */
  async #record(
    turns: readonly Turn[],
    lanes: ReadonlyMap<number, readonly DueLane[]>,
    claims: readonly Claim[],
    limits: ClaimLimits,
    now: number,
  ): Promise<void> {
    const claimed = countBy(claims, ({ endpoint }) => endpoint.id);
    await this.flights.write(
      turns.map(({ endpoint, held, room, ahead, limit }): Flight => {
        const taken = claimed.get(endpoint.id) ?? 0;
        const found = lanes.get(endpoint.id)?.length ?? 0;
        const mine = held.sending + held.ready + taken;
        return {
          endpointId: endpoint.id,
          inFlight: Math.max(Math.min(mine, limit), limits.restrict(endpoint.id, limit)),
          wanted: found > 0 && found >= room + ahead ? endpoint.maxInFlight : mine,
          leasedUntil: taken > 0 ? leaseEnd(endpoint, now) : undefined,
        };
      }),
    );
  }
}

/** Gives the claims of rate-limited endpoints their instants, in order; those are left out whose turn is too far ahead. */
function paced(claims: readonly Claim[], slots: ReadonlyMap<number, SlotRow>): readonly Claim[] {
  if (slots.size === 0) return claims;
  return claims.flatMap((claim) => {
    const row = slots.get(claim.endpoint.id);
    if (!row) return [claim];
    const slotAt = row.take(claim.message.cost ?? 1);
    return slotAt === undefined ? [] : [{ ...claim, slotAt }];
  });
}

/** Of the lanes that are due, those whose turn it is; and the endpoints that have more. */
function choose(
  turns: readonly Turn[],
  lanes: ReadonlyMap<number, readonly DueLane[]>,
  limits: ClaimLimits,
): { chosen: ChosenLane[]; outOfTurn: number[] } {
  const demands = turns.map(({ endpoint, organizationId, held, room }) => ({
    endpointId: endpoint.id,
    organizationId,
    inFlight: held.sending + held.ready,
    wanted: Math.min(lanes.get(endpoint.id)?.length ?? 0, room),
  }));
  const shares = fairShares(demands, limits.room, limits.organizationsInFlight);
  const chosen: ChosenLane[] = [];
  for (const { endpoint, isProbe, room, ahead } of turns) {
    const share = shares.get(endpoint.id) ?? 0;
    // Ahead of others' turns nobody claims: only who has all that may go at once.
    const count = share >= room ? share + ahead : share;
    for (const { id, ephemeral } of (lanes.get(endpoint.id) ?? []).slice(0, count))
      chosen.push({ id, ephemeral, endpoint, isProbe });
  }
  const outOfTurn = demands.filter(({ endpointId, wanted }) => wanted > (shares.get(endpointId) ?? 0));
  return { chosen, outOfTurn: outOfTurn.map(({ endpointId }) => endpointId) };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
