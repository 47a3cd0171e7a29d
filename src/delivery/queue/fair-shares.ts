/** An endpoint that could use some of the room. */
export interface Demand {
  readonly endpointId: number;
  readonly organizationId: number;
  /** Requests it has on the way already. */
  readonly inFlight: number;
  /** Requests it could begin now. */
  readonly wanted: number;
}

/** Parts of all the room that are kept for those who have nothing on the way, so that hanging receivers can't take all of it. */
const KEPT_FOR_NEW_ENDPOINTS = 1 / 8;
const KEPT_FOR_NEW_ORGANIZATIONS = 1 / 16;

/** Requests that may still begin, of how many there may be at once. */
export interface Room {
  readonly free: number;
  readonly capacity: number;
}

/**
 * Shares the free room out: each goes to the organization that has the fewest on the way, and in it to the endpoint that has the fewest;
 * of equals, to the one that comes first. So a backlog takes what nobody else wants, and no more than its share of what others want too.
 * The last eighth of the capacity goes only to endpoints with nothing on the way, the last sixteenth only to such organizations.
 * @param organizationsInFlight requests each organization has on the way, those of endpoints without a demand among them
 * @returns how many each endpoint may begin; those with none are missing
 */
export function fairShares(
  demands: readonly Demand[],
  room: Room,
  organizationsInFlight: ReadonlyMap<number, number>,
): Map<number, number> {
  const shares = new Map<number, number>();
  const total = demands.reduce((sum, demand) => sum + demand.wanted, 0);
  if (total <= room.free - room.capacity * KEPT_FOR_NEW_ENDPOINTS) {
    for (const { endpointId, wanted } of demands) if (wanted > 0) shares.set(endpointId, wanted);
    return shares;
  }
  const organizations = groupByOrganization(demands, organizationsInFlight);
  for (let { free } = room; free > 0; free -= 1) {
    const next = nextInTurn(organizations, free, room.capacity);
    if (!next) break;
    const { organization, endpoint } = next;
    organization.load += 1;
    endpoint.load += 1;
    endpoint.left -= 1;
    if (endpoint.left === 0) organization.open = organization.open.filter((other) => other !== endpoint);
    shares.set(endpoint.id, (shares.get(endpoint.id) ?? 0) + 1);
  }
  return shares;
}

interface Contender {
  readonly id: number;
  load: number;
  left: number;
}

interface Organization {
  load: number;
  /** Its endpoints that want more. */
  open: Contender[];
}

function groupByOrganization(
  demands: readonly Demand[],
  inFlight: ReadonlyMap<number, number>,
): Organization[] {
  const organizations = new Map<number, Organization>();
  for (const demand of demands) {
    if (demand.wanted <= 0) continue;
    const organization = organizations.get(demand.organizationId) ?? {
      load: inFlight.get(demand.organizationId) ?? 0,
      open: [],
    };
    organization.open.push({ id: demand.endpointId, load: demand.inFlight, left: demand.wanted });
    organizations.set(demand.organizationId, organization);
  }
  return [...organizations.values()];
}

interface Turn {
  readonly organization: Organization;
  readonly endpoint: Contender;
}

function nextInTurn(
  organizations: readonly Organization[],
  free: number,
  capacity: number,
): Turn | undefined {
  let next: Turn | undefined;
  for (const organization of organizations) {
    if (next && organization.load >= next.organization.load) continue;
    if (organization.load > 0 && free <= capacity * KEPT_FOR_NEW_ORGANIZATIONS) continue;
    const endpoint = leastLoaded(organization.open);
    if (!endpoint || (endpoint.load > 0 && free <= capacity * KEPT_FOR_NEW_ENDPOINTS)) continue;
    next = { organization, endpoint };
  }
  return next;
}

function leastLoaded(contenders: readonly Contender[]): Contender | undefined {
  let least: Contender | undefined;
  for (const contender of contenders) if (!least || contender.load < least.load) least = contender;
  return least;
}
