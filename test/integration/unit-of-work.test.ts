import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_RECORDED, EventRecorder, EventsModule, type DomainEvent } from '../../src/events/index.js';
import { EventEntity } from '../../src/events/event.entity.js';
import { EventRepository } from '../../src/events/event.repository.js';
import { loadSettings, resolveMasterKey } from '../../src/platform/config/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { ProjectEntity } from '../../src/projects/project.entity.js';
import { ProjectRepository } from '../../src/projects/project.repository.js';
import { createTestDatabase, DATABASES, type DatabaseKind, type TestDatabase } from '../support/databases.js';
import { waitFor } from '../support/wait-for.js';

@Module({})
class Ground {}

/** The platform, the events and one table to write to, without the rest of Flagpost. */
async function start(database: TestDatabase): Promise<INestApplicationContext> {
  const settings = loadSettings({
    DATABASE_URL: database.url,
    MASTER_KEY: randomBytes(32).toString('base64'),
  });
  const log = new Log(createRootLogger('fatal'));
  const parts = { settings, masterKey: resolveMasterKey(settings), log };
  const features = [EventsModule, TypeOrmModule.forFeature([ProjectEntity])];
  const root = { module: Ground, imports: [PlatformModule.with(parts), ...features] };
  return NestFactory.createApplicationContext(root, { logger: log, abortOnError: false });
}

describe.each(DATABASES)('the unit of work on %s', (kind: DatabaseKind) => {
  let database: TestDatabase;
  let context: INestApplicationContext;
  let units: UnitOfWork;
  let projects: ProjectRepository;
  let recorder: EventRecorder;
  let emitter: EventEmitter2;
  /** Each test writes for an organization of its own. */
  let organizationId = 0;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    context = await start(database);
    units = context.get(UnitOfWork);
    projects = new ProjectRepository(units);
    recorder = context.get(EventRecorder);
    emitter = context.get(EventEmitter2);
  });

  afterEach(() => {
    organizationId += 1;
    emitter.removeAllListeners(EVENT_RECORDED);
  });

  afterAll(async () => {
    await context.close();
    await database.remove();
  });

  function columns(key: string): Omit<ProjectEntity, 'id'> {
    const stamps = { createdAt: 1, createdBy: 'test', modifiedAt: 1, modifiedBy: 'test' };
    return { organizationId, key, name: key, description: '', archived: false, ...stamps };
  }

  const write = async (key: string): Promise<ProjectEntity> => projects.insert(columns(key));

  const record = (projectKey: string) =>
    recorder.recordAsSystem(organizationId, {
      resource: 'PROJECT',
      action: 'CREATE',
      keys: { projectKey },
      data: { key: projectKey },
    });

  const writtenKeys = async (): Promise<string[]> =>
    (await projects.listLive(organizationId)).map(({ key }) => key);

  const events = (): Promise<EventEntity[]> =>
    context.get(EventRepository).listAfter(organizationId, 0, {}, 1000);

  const onRecorded = (listener: (event: DomainEvent) => unknown) => emitter.on(EVENT_RECORDED, listener);

  const fail = (): never => {
    throw new Error('on purpose');
  };

  it('keeps exactly what the units that succeeded wrote, of 100 at once of which 20 fail', async () => {
    const unit = async (i: number): Promise<void> => {
      await units.run(async () => {
        if (i % 3 === 0) await delay(Math.random() * 5);
        await write(`p${i}`);
        await record(`p${i}`);
        if (i % 2 === 0) await delay(Math.random() * 5);
        await write(`q${i}`);
        if (i % 5 === 0) fail();
      });
    };
    const results = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => unit(i)));

    const failed = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    expect(failed).toEqual(Array(20).fill('Error: on purpose'));
    const kept = Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 5 !== 0);
    const expected = kept.flatMap((i) => [`p${i}`, `q${i}`]);
    expect(new Set(await writtenKeys())).toEqual(new Set(expected));
    const recorded = await events();
    expect(new Set(recorded.map(({ projectKey }) => projectKey))).toEqual(new Set(kept.map((i) => `p${i}`)));
    expect(recorded.map(({ sequence }) => sequence)).toEqual(kept.map((_, i) => i + 1));
  });

  it('shows events in the order of their numbers, without a gap that fills later', async () => {
    let running = true;
    const reader = (async () => {
      while (running) {
        const sequences = (await events()).map(({ sequence }) => sequence);
        expect(sequences).toEqual(sequences.map((_, i) => i + 1));
        await delay(1);
      }
    })();
    const unit = (i: number) =>
      units.run(async () => {
        await record(`r${i}`);
        await delay(Math.random() * 4);
        if (i % 4 === 0) fail();
      });
    await Promise.allSettled(Array.from({ length: 40 }, (_, i) => unit(i)));
    running = false;
    await reader;
    expect(await events()).toHaveLength(30);
  });

  it('lets a run inside another join it', async () => {
    await expect(
      units.run(async () => {
        await write('outer');
        await units.run(async () => {
          await write('inner');
          expect(await writtenKeys()).toEqual(expect.arrayContaining(['outer', 'inner']));
        });
        fail();
      }),
    ).rejects.toThrow('on purpose');
    expect(await writtenKeys()).toEqual([]);
    await units.run(() => units.run(() => write('joined')));
    expect(await writtenKeys()).toEqual(['joined']);
  });

  it('refuses to write or record outside', async () => {
    await expect(write('outside')).rejects.toThrow('Writes need a unit of work');
    await expect(record('outside')).rejects.toThrow('recorded inside the unit of work');
    expect(() => units.afterCommit(() => undefined)).toThrow('open unit of work');
    expect(units.isOpen).toBe(false);
    expect([await writtenKeys(), await events()]).toEqual([[], []]);
  });

  it('refuses what a finished unit left running', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await units.run(async () => {
      await write('in time');
      late = delay(30).then(() => write('too late'));
      late.catch(() => undefined);
    });
    await expect(late).rejects.toThrow('Writes need a unit of work');
    expect(await writtenKeys()).toEqual(['in time']);
  });

  it('undoes the change whose event a listener fails on', async () => {
    onRecorded(() => Promise.reject(new Error('listener failed')));
    await expect(
      units.run(async () => {
        await write('change');
        await record('change');
      }),
    ).rejects.toThrow('listener failed');
    expect([await writtenKeys(), await events()]).toEqual([[], []]);
  });

  it('lets no listener write on when another has failed', async () => {
    onRecorded(async () => {
      await delay(5);
      fail();
    });
    onRecorded(async () => {
      // One call, many statements: nothing stops it between them.
      const rows = Array.from({ length: 300 }, (_, i) => columns(`listener ${i}`));
      await units.manager.getRepository(ProjectEntity).save(rows, { chunk: 1 });
    });
    await expect(units.run(() => record('change'))).rejects.toThrow('on purpose');
    await units.run(() => write('next'));
    await delay(50);
    expect(await writtenKeys()).toEqual(['next']);
  });

  it('gives listeners the unit of the change', async () => {
    onRecorded(async (event) => {
      expect(await writtenKeys()).toEqual(['change']);
      await write(`heard ${event.name}`);
    });
    await units.run(async () => {
      await write('change');
      await record('change');
    });
    expect(new Set(await writtenKeys())).toEqual(new Set(['change', 'heard PROJECT.CREATE']));
  });

  it('runs hooks once the unit has committed, outside of it, and never when it rolls back', async () => {
    const seen: string[] = [];
    let visible: Promise<string[]> = Promise.resolve([]);
    await units.run(async () => {
      await write('kept');
      units.afterCommit(() => {
        seen.push(`open: ${units.isOpen}`);
        visible = writtenKeys();
      });
      units.afterCommit(fail);
      await units.run(async () => units.afterCommit(() => seen.push('second')));
      await delay(10);
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['open: false', 'second']);
    expect(await visible).toEqual(['kept']);
    const failing = units.run(async () => {
      units.afterCommit(() => seen.push('never'));
      fail();
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(seen).not.toContain('never');
  });

  it('shows readers outside nothing before it commits', async () => {
    let written = (): void => undefined;
    let go = (): void => undefined;
    const hasWritten = new Promise<void>((resolve) => (written = resolve));
    const mayEnd = new Promise<void>((resolve) => (go = resolve));
    const unit = units.run(async () => {
      await write('hidden');
      expect(await writtenKeys()).toEqual(['hidden']);
      written();
      await mayEnd;
    });
    await hasWritten;
    expect(await writtenKeys()).toEqual([]);
    go();
    await unit;
    expect(await writtenKeys()).toEqual(['hidden']);
  });

  it('answers what a duplicate is, and goes on working', async () => {
    await units.run(() => write('same'));
    const again = units.run(() => write('SAME'));
    await expect(again).rejects.toMatchObject({
      code: expect.stringMatching(/^(SQLITE_CONSTRAINT_UNIQUE|ER_DUP_ENTRY)$/),
    });
    await units.run(() => write('other'));
    expect(await writtenKeys()).toHaveLength(2);
  });

  if (kind === 'mysql') {
    it('reads at each statement what others have committed by then, whichever connection it has', async () => {
      let begun = 0;
      let go = (): void => undefined;
      const mayGoOn = new Promise<void>((resolve) => (go = resolve));
      const readers = Array.from({ length: 12 }, () =>
        units.run(async () => {
          const before = await writtenKeys();
          begun += 1;
          await mayGoOn;
          return [before, await writtenKeys()];
        }),
      );
      await waitFor(() => begun === readers.length, 'all to have read once');
      await units.run(() => write('new'));
      go();
      for (const read of await Promise.all(readers)) expect(read).toEqual([[], ['new']]);
    });

    it('runs a unit again that lost a deadlock, with its hooks once', async () => {
      const [a, b] = await units.run(async () => [await write('a'), await write('b')] as const);
      let runs = 0;
      let hooks = 0;
      const lockBoth = (first: ProjectEntity, second: ProjectEntity): Promise<void> =>
        units.run(async () => {
          runs += 1;
          units.afterCommit(() => (hooks += 1));
          const locked = await projects.lockLive(organizationId, first.id);
          await delay(100);
          await projects.lockLive(organizationId, second.id);
          if (locked) await projects.save({ ...locked, description: `${locked.description}x` });
        });
      await Promise.all([lockBoth(a, b), lockBoth(b, a)]);
      expect(runs).toBeGreaterThan(2);
      expect(hooks).toBe(2);
      expect((await projects.listLive(organizationId)).map(({ description }) => description)).toEqual([
        'x',
        'x',
      ]);
    });
  }

  if (kind === 'sqlite') {
    it('lets units in one after the other', async () => {
      let inside = 0;
      const order: number[] = [];
      const unit = (i: number) =>
        units.run(async () => {
          inside += 1;
          expect(inside).toBe(1);
          await delay(Math.random() * 3);
          order.push(i);
          inside -= 1;
        });
      await Promise.all([0, 1, 2, 3, 4].map(unit));
      expect(order).toEqual([0, 1, 2, 3, 4]);
    });
  }
});
