import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShares, type Demand } from './fair-shares.js';

const NOBODY = new Map<number, number>();

function demand(endpointId: number, wanted: number, inFlight = 0, organizationId = 1): Demand {
  return { endpointId, organizationId, inFlight, wanted };
}

function share(demands: readonly Demand[], free: number, capacity = 64, inFlight = NOBODY) {
  return Object.fromEntries(fairShares(demands, { free, capacity }, inFlight));
}

describe(fairShares.name, () => {
  it('gives all that is wanted while there is room', () => {
    expect(share([demand(1, 5), demand(2, 1), demand(3, 0)], 64)).toEqual({ 1: 5, 2: 1 });
  });

  it('gives a backlog no more than its share of what others want too', () => {
    expect(share([demand(1, 1000), demand(2, 4), demand(3, 1000)], 24, 24)).toEqual({ 1: 9, 2: 4, 3: 8 });
  });

  it('counts what is on the way already', () => {
    const busy = new Map([[1, 10]]);
    expect(share([demand(1, 100, 10), demand(2, 100)], 10, 0, busy)).toEqual({ 2: 10 });
  });

  it('shares between organizations first, however many endpoints they have', () => {
    const many = Array.from({ length: 9 }, (_, index) => demand(index + 1, 100, 0, 1));
    const shares = fairShares([...many, demand(10, 100, 0, 2)], { free: 20, capacity: 0 }, NOBODY);
    expect(shares.get(10)).toBe(10);
  });

  it('keeps an eighth for endpoints that have nothing on the way', () => {
    expect(share([demand(1, 1000)], 64)).toEqual({ 1: 56 });
    expect(share([demand(1, 1000, 56), demand(2, 1000)], 8, 64, new Map([[1, 56]]))).toEqual({ 2: 1 });
  });

  it('keeps a sixteenth for organizations that have nothing on the way', () => {
    const hanging = Array.from({ length: 100 }, (_, index) => demand(index + 1, 10));
    const taken = [...fairShares(hanging, { free: 64, capacity: 64 }, NOBODY).values()];
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect(share([demand(200, 10, 0, 2)], 4, 64, new Map([[1, 60]]))).toEqual({ 200: 1 });
  });

  it('never gives more than there is or than is wanted, and leaves nobody out who has nothing', () => {
    const demands = fc.uniqueArray(
      fc.record({
        endpointId: fc.integer({ min: 1, max: 50 }),
        organizationId: fc.integer({ min: 1, max: 3 }),
        inFlight: fc.constant(0),
        wanted: fc.integer({ min: 0, max: 40 }),
      }),
      { selector: ({ endpointId }) => endpointId, maxLength: 30 },
    );
    fc.assert(
      fc.property(demands, fc.integer({ min: 0, max: 128 }), (wants, free) => {
        const shares = fairShares(wants, { free, capacity: 128 }, NOBODY);
        const given = [...shares.values()].reduce((sum, count) => sum + count, 0);
        expect(given).toBeLessThanOrEqual(free);
        for (const { endpointId, wanted } of wants)
          expect(shares.get(endpointId) ?? 0).toBeLessThanOrEqual(wanted);
        const hungry = wants.filter(({ endpointId, wanted }) => wanted > 0 && !shares.has(endpointId));
        if (free >= 32) expect(hungry).toEqual([]);
      }),
    );
  });
});
