import type { Arrival } from './network.js';
import type { StoredDelivery } from './storage.js';
import type { World } from './world.js';

/** What the engine promises, checked over all that happened. */
export function checkWorld(world: World): string[] {
  const deliveries = world.storage.deliveries();
  const { arrivals } = world.network;
  return [
    ...world.problems,
    ...deliveries.flatMap((delivery) => checkEnd(delivery, deliveries, arrivals)),
    ...checkOrder(deliveries, arrivals),
    ...checkLimits(world),
    ...checkReports(world, deliveries),
  ];
}

/** None is lost: each came to an end that there is a reason for. */
function checkEnd(
  delivery: StoredDelivery,
  all: readonly StoredDelivery[],
  arrivals: readonly Arrival[],
): string[] {
  const error = delivery.last_error ?? '';
  const arrived = arrivals.filter(({ deliveryId }) => deliveryId === delivery.id);
  switch (delivery.status) {
    case 'SUCCEEDED':
      return arrived.some(({ accepted }) => accepted) ? [] : [`${delivery.id} SUCCEEDED, but never arrived`];
    case 'FAILED':
      return /given up by age|410|abort-message/.test(error) ? [] : [`${delivery.id} FAILED: ${error}`];
    case 'CANCELED':
      return checkCanceled(delivery, all, error);
    default:
      return [`${delivery.id} is still ${delivery.status} after ${delivery.attempt_count} tries: ${error}`];
  }
}

function checkCanceled(delivery: StoredDelivery, all: readonly StoredDelivery[], error: string): string[] {
  if (!error.startsWith('skipped')) {
    const known = /the owner disabled it|every try failed|410/.test(error);
    return known ? [] : [`${delivery.id} CANCELED: ${error}`];
  }
  const newer = all.some(
    (other) =>
      other.lane_id === delivery.lane_id &&
      other.subject === delivery.subject &&
      other.sequence > delivery.sequence,
  );
  return newer && delivery.subject !== null ? [] : [`${delivery.id} skipped, but nothing is newer`];
}

/** In each lane nothing arrives after something newer. */
function checkOrder(deliveries: readonly StoredDelivery[], arrivals: readonly Arrival[]): string[] {
  const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const newest = new Map<number, number>();
  const problems: string[] = [];
  for (const { deliveryId } of arrivals) {
    const delivery = byId.get(deliveryId);
    if (!delivery) continue;
    const before = newest.get(delivery.lane_id) ?? 0;
    if (delivery.sequence < before)
      problems.push(
        `${deliveryId} (${delivery.sequence}) arrived after ${before} in lane ${delivery.lane_id}`,
      );
    newest.set(delivery.lane_id, Math.max(before, delivery.sequence));
  }
  return problems;
}

/** No endpoint got more at once, or within a second, than it takes. */
function checkLimits(world: World): string[] {
  const problems: string[] = [];
  for (const [id, { maxInFlight, maxPerSecond }] of world.traits) {
    const most = world.network.most.get(id) ?? 0;
    // A clock that is set forward ends leases early, and with them what a killed process counts for.
    const allowed = world.clock.wasSet ? maxInFlight * world.processCount : maxInFlight;
    if (most > allowed) problems.push(`endpoint ${id} had ${most} requests at once, not ${allowed}`);
    if (maxPerSecond === undefined) continue;
    const sends = world.network.arrivals
      .filter(({ endpointId }) => endpointId === id)
      .map(({ at, deliveryId }) => ({ at, cost: world.costs.get(deliveryId) ?? 1 }));
    const busiest = mostInASecond(sends);
    // Each process may be late by itself: one more for each further one.
    const largest = Math.max(1, ...sends.map(({ cost }) => cost));
    if (busiest > maxPerSecond + world.processCount * largest)
      problems.push(`endpoint ${id} got sends that cost ${busiest} within a second, not ${maxPerSecond}`);
  }
  return problems;
}

/** The most that sends within any second cost. */
function mostInASecond(sends: readonly { readonly at: number; readonly cost: number }[]): number {
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const { at, cost } of sends) {
    sum += cost;
    for (; (sends[from]?.at ?? 0) <= at - 1000; from += 1) sum -= sends[from]?.cost ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

/** An owner that wants to know was told once of each delivery that a try ended, and of no other. */
function checkReports(world: World, deliveries: readonly StoredDelivery[]): string[] {
  const told = new Map<string, string[]>();
  for (const { deliveryId, status } of world.reported)
    told.set(deliveryId, [...(told.get(deliveryId) ?? []), status]);
  return deliveries.flatMap(({ id, endpoint_id: endpointId, status }) => {
    const isTold =
      world.traits.get(endpointId)?.reportsEnds && (status === 'SUCCEEDED' || status === 'FAILED');
    const expected = isTold ? status : '';
    const heard = told.get(id)?.join() ?? '';
    return heard === expected ? [] : [`${id} is ${status}, and its owner heard '${heard}'`];
  });
}
