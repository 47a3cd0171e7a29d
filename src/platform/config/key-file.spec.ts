import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyFile } from './key-file.js';
import { loadSettings } from './load-settings.js';

const NEXT = Buffer.alloc(32, 2);

describe(KeyFile.name, () => {
  let folder: string;
  let file: KeyFile;
  let present: Buffer;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flagpost-key-'));
    file = KeyFile.of(loadSettings({ DATABASE_URL: `sqlite:${folder}/f.db` }))!;
    present = file.readOrMake();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const next = (): string => join(folder, 'f.db.key.next');
  const kept = (): Buffer => Buffer.from(readFileSync(file.path, 'utf8'), 'base64');
  const right = (key: Buffer) => (one: Buffer) => one.equals(key);

  it('keeps the next key for its owner only, beside the present one', () => {
    expect(file.hasNext).toBe(false);
    file.writeNext(NEXT);
    expect(file.hasNext).toBe(true);
    expect(statSync(next()).mode & 0o777).toBe(0o600);
    expect(kept()).toEqual(present);
  });

  it('lets the next key take the place of the present one when the database is sealed with it', () => {
    file.writeNext(NEXT);
    file.settle(right(NEXT));
    expect(kept()).toEqual(NEXT);
    expect(existsSync(next())).toBe(false);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it('drops a next key that nothing was sealed with, be it cut off', () => {
    file.writeNext(NEXT);
    file.settle(right(present));
    expect(kept()).toEqual(present);
    writeFileSync(next(), 'AAAA');
    file.settle(right(present));
    expect(file.hasNext).toBe(false);
  });

  it('takes the next key where the present one is gone or damaged', () => {
    file.writeNext(NEXT);
    rmSync(file.path);
    file.settle(right(NEXT));
    expect(kept()).toEqual(NEXT);
  });

  it('touches neither when neither is right', () => {
    file.writeNext(NEXT);
    expect(() => file.settle(() => false)).toThrow(`Neither ${file.path} nor ${next()} has the key`);
    expect(kept()).toEqual(present);
    expect(file.hasNext).toBe(true);
  });

  it('is of no use where the key comes from the settings', () => {
    const MASTER_KEY = NEXT.toString('base64');
    expect(KeyFile.of(loadSettings({ MASTER_KEY }))).toBeUndefined();
    expect(KeyFile.of(loadSettings({ MASTER_KEY, DATABASE_URL: 'mysql://u@h/d' }))).toBeUndefined();
  });
});
