import { Injectable } from '@nestjs/common';
import type { Endpoint } from '../endpoint-directory.js';
import { EndpointOwners } from '../endpoint-owners.js';
import { isBreakerOpen } from '../endpoint-state.js';
import type { ClaimLimits, Held } from './claim.js';
import { DueLanes, type SendableEndpoint } from './due-lanes.js';
import { EndpointFlights, type Elsewhere } from './endpoint-flights.js';

/** An endpoint that may be sent to. */
export interface Turn {
  readonly endpoint: Endpoint;
  readonly organizationId: number;
  readonly isProbe: boolean;
  readonly held: Held;
  /** What other processes have of it. */
  readonly elsewhere: Elsewhere;
  /** How many requests this process may have on the way. */
  readonly limit: number;
  /** How many more may be claimed to go at once. */
  readonly room: number;
  /** How many besides, to be at hand when those before them have ended. */
  readonly ahead: number;
}

/** Whose turn it is. */
export interface Turns {
  readonly turns: readonly Turn[];
  /** Endpoints whose claims another process is making at this moment. */
  readonly blocked: readonly number[];
}

/** Finds out which endpoints may be sent to, and how much: health, probes, and the limit that all processes share. */
@Injectable()
export class ClaimTurns {
  constructor(
    private readonly due: DueLanes,
    private readonly flights: EndpointFlights,
    private readonly owners: EndpointOwners,
  ) {}

  /** Locks, in the open unit, what no other process may give out meanwhile. */
  async of(limits: ClaimLimits, now: number): Promise<Turns> {
    const rows = await this.due.sendable([...limits.endpoints.keys()], now);
    await this.#signOff(limits, rows);
    if (rows.size === 0) return { turns: [], blocked: [] };
    const endpoints = await this.owners.load([...rows.keys()]);
    const open = [...rows.values()].filter((row) => isOpen(row)).map(({ id }) => id);
    const probes = await this.due.lockProbes(open, now);
    const mayGo = [...limits.endpoints].flatMap(([id, held]) => {
      const row = rows.get(id);
      const endpoint = endpoints.get(id);
      if (!row || !endpoint || (isOpen(row) && !probes.has(id))) return [];
      return [{ endpoint, held, organizationId: row.organization_id, isProbe: isOpen(row) }];
    });
    const elsewhere = await this.flights.enter(mayGo.map(({ endpoint }) => endpoint.id));
    const turns = mayGo.flatMap((one) => {
      const others = elsewhere.get(one.endpoint.id);
      return others ? [toTurn(one, others)] : [];
    });
    const blocked = mayGo.filter(({ endpoint }) => !elsewhere.has(endpoint.id));
    return { turns, blocked: blocked.map(({ endpoint }) => endpoint.id) };
  }

  /** What is paused or gone has nothing more on the way than this process knows of: others need not wait for the leases to end. */
  async #signOff({ endpoints }: ClaimLimits, sendable: ReadonlyMap<number, SendableEndpoint>): Promise<void> {
    const over = [...endpoints].filter(([id]) => !sendable.has(id) && this.flights.isOnRecord(id));
    if (over.length === 0) return;
    const entered = await this.flights.enter(over.map(([id]) => id));
    await this.flights.write(
      over
        .filter(([id]) => entered.has(id))
        .map(([endpointId, { sending, ready }]) => ({ endpointId, inFlight: sending + ready, wanted: 0 })),
    );
  }
}

type Candidate = Pick<Turn, 'endpoint' | 'held' | 'organizationId' | 'isProbe'>;

function toTurn(candidate: Candidate, elsewhere: Elsewhere): Turn {
  const { endpoint, held, isProbe } = candidate;
  const limit = elsewhere.leaves(isProbe ? 1 : endpoint.maxInFlight);
  // A limit by the second gives out its slots one by one, and of probes there is only one.
  const ahead = limit === 0 || isProbe || endpoint.maxPerSecond !== undefined ? 0 : held.ahead;
  const open = limit - held.sending - held.ready;
  return {
    ...candidate,
    elsewhere,
    limit,
    room: Math.max(open, 0),
    ahead: Math.max(ahead + Math.min(open, 0), 0),
  };
}

function isOpen({ consecutive_failures }: SendableEndpoint): boolean {
  return isBreakerOpen({ consecutiveFailures: consecutive_failures });
}
