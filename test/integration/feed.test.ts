import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventRecorder } from '../../src/events/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { StreamClient } from '../support/stream-client.js';
import { waitFor } from '../support/wait-for.js';

const WRITERS = 6;
const CHANGES = 10;

describe.each(DATABASES)('the feed under concurrent commits on %s', (kind) => {
  let flagpost: TestFlagpost;
  let recorder: EventRecorder;
  let unitOfWork: UnitOfWork;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    recorder = flagpost.app.get(EventRecorder, { strict: false });
    unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
  });
  afterAll(() => flagpost.stop());

  const feed = async (query: string): Promise<Json> => flagpost.owner.ok('GET', `/api/events?${query}`);
  const newest = async (): Promise<string> => (await feed('limit=1')).content[0]?.id ?? '0';
  const record = (projectKey: string): Promise<unknown> =>
    recorder.recordAsSystem(1, { resource: 'PROJECT', action: 'UPDATE', keys: { projectKey }, data: {} });

  it('gives followers of the cursor, and of the stream, every event once and in one order', async () => {
    for (let number = 0; number < WRITERS; number += 1)
      await flagpost.owner.ok('POST', '/api/projects', { key: `p${number}`, name: `p${number}` });
    const start = await newest();
    const live = await StreamClient.open(flagpost.owner);
    const expected = WRITERS * CHANGES;
    const seen: string[] = [];
    const follow = async (): Promise<void> => {
      let cursor = start;
      while (seen.length < expected) {
        const page = await feed(`after=${cursor}&limit=3`);
        seen.push(...page.content.map((event: Json) => event.id));
        cursor = page.next;
      }
    };
    const write = async (writer: number): Promise<void> => {
      for (let change = 0; change < CHANGES; change += 1)
        await flagpost.owner.ok('PATCH', `/api/projects/p${writer}`, { description: `${change}` });
    };
    await Promise.all([follow(), ...Array.from({ length: WRITERS }, (_, writer) => write(writer))]);
    const all = await feed(`after=${start}&limit=1000`);
    const ids = all.content.map((event: Json) => event.id);
    expect(ids).toHaveLength(expected);
    expect(new Set(ids).size).toBe(expected);
    expect(seen).toEqual(ids);
    await live.waitFor(expected);
    expect(live.ids).toEqual(ids);
    live.close();
  });

  it('shows no event before those that got their number earlier, however long their unit takes', async () => {
    const start = await newest();
    const live = await StreamClient.open(flagpost.owner);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let firstHasNumber = false;
    const first = unitOfWork.run(async () => {
      await record('first');
      firstHasNumber = true;
      await held;
    });
    await waitFor(() => firstHasNumber);
    let secondIsDone = false;
    const second = unitOfWork.run(() => record('second')).then(() => (secondIsDone = true));
    // Long enough for the second to have committed if nothing held it.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(secondIsDone).toBe(false);
    expect((await feed(`after=${start}`)).content).toEqual([]);
    expect(live.messages).toEqual([]);
    release();
    await Promise.all([first, second]);
    const keys = (await feed(`after=${start}`)).content.map((event: Json) => event.projectKey);
    expect(keys).toEqual(['first', 'second']);
    await live.waitFor(2);
    expect(live.messages.map(({ data }) => data.projectKey)).toEqual(['first', 'second']);
    live.close();
  });

  it('answers what lies between two events, oldest first', async () => {
    for (let number = 1; number <= 4; number += 1) await unitOfWork.run(() => record(`between-${number}`));
    const { content } = await feed('limit=4');
    const [last, third, second, first] = content.map((event: Json) => event.id);
    const between = async (query: string): Promise<Json> =>
      (await feed(query)).content.map((event: Json) => event.id);
    expect(await between(`after=${first}&before=${last}`)).toEqual([second, third]);
    expect(await between(`after=${first}&before=${last}&limit=1`)).toEqual([second]);
    expect(await between(`after=${third}&before=${second}`)).toEqual([]);
    expect((await flagpost.owner.get(`/api/events?after=${first}&before=odd`)).status).toBe(400);
  });

  it('finds an operator whatever the case', async () => {
    const { content } = await feed('operator=SYSTEM&limit=1');
    expect(content.map((event: Json) => event.operator)).toEqual(['system']);
  });

  it('leaves out what was rolled back, and its number is given again', async () => {
    const start = await newest();
    const failing = unitOfWork.run(async () => {
      await record('gone');
      throw new Error('rolled back on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    await unitOfWork.run(() => record('kept'));
    const keys = (await feed(`after=${start}`)).content.map((event: Json) => event.projectKey);
    expect(keys).toEqual(['kept']);
  });
});
