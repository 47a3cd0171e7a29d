import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { ApprovalScene, CHANGE, type Place } from '../support/approval-scene.js';

/** The drawing at the head of ApprovalMachine once more, as text: record·sketch·targeting of the newest approval. */
const UNTOUCHED = '-·-·RELEASE';
const PENDING = 'PENDING·PENDING·PENDING_APPROVAL';
const PASSED = 'PASS·PENDING·PENDING_RELEASE';
const REJECTED = 'REJECT·PENDING·REJECT';
const DRAWING: Record<string, Record<string, string>> = {
  [UNTOUCHED]: { SUBMIT: PENDING, DIRECT: UNTOUCHED },
  [PENDING]: {
    PASS: PASSED,
    REJECT: REJECTED,
    JUMP: 'JUMP·RELEASE·RELEASE',
    REVOKE: 'REVOKE·REVOKE·RELEASE',
    CANCEL: 'REVOKE·CANCEL·RELEASE',
  },
  [PASSED]: { SUBMIT: PENDING, PUBLISH: 'PASS·RELEASE·RELEASE', CANCEL: 'PASS·CANCEL·RELEASE' },
  [REJECTED]: { SUBMIT: PENDING, CANCEL: 'REJECT·CANCEL·RELEASE' },
  ...Object.fromEntries(
    ['JUMP·RELEASE', 'REVOKE·REVOKE', 'REVOKE·CANCEL', 'PASS·RELEASE', 'PASS·CANCEL', 'REJECT·CANCEL'].map(
      (ended) => [`${ended}·RELEASE`, { SUBMIT: PENDING }],
    ),
  ),
};

const ACTIONS = ['SUBMIT', 'PASS', 'REJECT', 'JUMP', 'REVOKE', 'PUBLISH', 'CANCEL', 'DIRECT'] as const;
type Action = (typeof ACTIONS)[number];

const MEMBERS = ['owner', 'rita', 'walt'] as const;
type Member = (typeof MEMBERS)[number];

const mayDo = (member: Member, action: Action): boolean => {
  if (action === 'JUMP' || action === 'REVOKE') return member === 'owner';
  return action === 'PASS' || action === 'REJECT' ? member === 'rita' : true;
};

/** What publishes makes a version; nothing else does. */
const PUBLISHING = new Set<Action>(['JUMP', 'PUBLISH']);

describe('any two members, whatever they do', () => {
  let scene: ApprovalScene;

  beforeAll(async () => {
    scene = await ApprovalScene.start('sqlite');
  });

  afterAll(() => scene.stop());

  function call(place: Place, by: ApiClient, action: Action): Promise<Answer> {
    switch (action) {
      case 'SUBMIT':
        return place.submit(by);
      case 'PUBLISH':
        return place.publish(by);
      case 'CANCEL':
        return place.cancel(by);
      case 'DIRECT':
        return by.patch(place.path, CHANGE);
      case 'PASS':
      case 'REJECT':
      case 'JUMP':
      case 'REVOKE':
        return place.decide(by, action);
    }
  }

  /** The rows as they are, and whether older approvals are all closed. */
  async function stateOf({ key }: Place): Promise<{ state: string; version: number; pending: number }> {
    const query = (text: string): Promise<Json[]> => scene.flagpost.app.get(DataSource).query(text);
    const [targeting] = await query(
      `SELECT targeting.* FROM targeting JOIN toggle ON toggle.id = toggle_id WHERE toggle.name = '${key}'`,
    );
    const approvals = await query(
      `SELECT record.status AS record, sketch.status AS sketch FROM approval_record record
       JOIN targeting_sketch sketch ON approval_id = record.id
       WHERE record.targeting_id = ${targeting.id} ORDER BY record.id DESC`,
    );
    const newest = approvals[0] ?? { record: '-', sketch: '-' };
    return {
      state: `${newest.record}·${newest.sketch}·${targeting.status}`,
      version: targeting.version,
      pending: approvals.filter(({ record, sketch }) => record === 'PENDING' || sketch === 'PENDING').length,
    };
  }

  it('reach no state that the drawing lacks', async () => {
    const step = fc.record({ first: fc.boolean(), action: fc.constantFrom(...ACTIONS) });
    const pair = fc.uniqueArray(fc.constantFrom(...MEMBERS), { minLength: 2, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(pair, fc.array(step, { maxLength: 12 }), async ([one, two], steps) => {
        const place = await scene.place();
        let state = UNTOUCHED;
        let version = 1;
        for (const { first, action } of steps) {
          const member = (first ? one : two) as Member;
          const next = mayDo(member, action) ? DRAWING[state]?.[action] : undefined;
          // Directly, nothing is ever published where approvals are demanded.
          const allowed = next !== undefined && action !== 'DIRECT';
          const { status, body } = await call(place, scene[member], action);
          expect([status === 200, typeof body.message]).toEqual([allowed, allowed ? 'undefined' : 'string']);
          if (allowed) {
            state = next;
            if (PUBLISHING.has(action)) version += 1;
          }
          const locked = state.includes('·PENDING·');
          expect(await stateOf(place)).toEqual({ state, version, pending: locked ? 1 : 0 });
          const view = await place.view(scene.walt);
          expect([view.locked, view.status]).toEqual([locked, locked ? state.split('·')[0] : 'RELEASE']);
        }
      }),
      { numRuns: 60 },
    );
  });
});
