import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import { MasterKey, resolveMasterKey } from './master-key.js';

const SECRET = 'päss 🚩 word';

describe('MasterKey', () => {
  const key = new MasterKey(Buffer.alloc(32, 1));

  it.each(['', SECRET, 'x'.repeat(100_000)])('opens what it sealed', (plain) => {
    expect(key.open(key.seal(plain))).toBe(plain);
  });

  it('never seals the same way twice, and never readably', () => {
    const sealed = [key.seal(SECRET), key.seal(SECRET)];
    expect(sealed[0]).not.toBe(sealed[1]);
    for (const text of sealed) expect(Buffer.from(text.slice(3), 'base64').includes(SECRET)).toBe(false);
  });

  it('opens nothing that was changed, cut or sealed by another key', () => {
    const sealed = key.seal(SECRET);
    const bytes = Buffer.from(sealed.slice(3), 'base64');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => key.open(`v1:${changed.toString('base64')}`)).toThrow();
    }
    for (const text of ['', 'plain', 'v2:AAAA', 'v1:', sealed.slice(0, -8)])
      expect(() => key.open(text)).toThrow();
    expect(() => new MasterKey(Buffer.alloc(32, 2)).open(sealed)).toThrow();
  });

  it('derives a key for each purpose, the same at every start', () => {
    const again = new MasterKey(Buffer.alloc(32, 1));
    expect(key.derive('sessions')).toEqual(again.derive('sessions'));
    expect(key.derive('sessions')).toHaveLength(32);
    expect(key.derive('sessions')).not.toEqual(key.derive('other'));
    expect(key.derive('sessions')).not.toEqual(new MasterKey(Buffer.alloc(32, 2)).derive('sessions'));
  });

  it('opens with further keys what they sealed, and seals with the first alone', () => {
    const [older, newer] = [new MasterKey(Buffer.alloc(32, 1)), new MasterKey(Buffer.alloc(32, 2))];
    const both = new MasterKey(Buffer.alloc(32, 2), Buffer.alloc(32, 1));
    for (const one of [older, newer]) expect(both.open(one.seal(SECRET))).toBe(SECRET);
    const sealed = both.seal(SECRET);
    expect([older, newer].map((one) => one.opens(sealed))).toEqual([false, true]);
    expect(both.derive('sessions')).toEqual(newer.derive('sessions'));
    expect(both.deriveAll('sessions')).toEqual([newer.derive('sessions'), older.derive('sessions')]);
    expect(new MasterKey(Buffer.alloc(32, 3), Buffer.alloc(32, 4)).opens(sealed)).toBe(false);
  });

  it('shows nothing of itself', () => {
    const plain = new MasterKey(Buffer.from('0123456789abcdef0123456789abcdef'));
    expect(JSON.stringify({ plain })).toBe('{"plain":"***"}');
    expect(inspect(plain, { depth: 5, showHidden: true })).not.toMatch(/30 31 32|0123/);
  });
});

describe('resolveMasterKey', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flagpost-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const settings = (more: Record<string, string> = {}) =>
    loadSettings({ DATABASE_URL: `sqlite:${folder}/sub/f.db`, ...more });

  it('makes a key beside the SQLite file, for its owner only, and keeps it', () => {
    const sealed = resolveMasterKey(settings()).seal(SECRET);
    const file = join(folder, 'sub/f.db.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')).toHaveLength(32);
    expect(resolveMasterKey(settings()).open(sealed)).toBe(SECRET);
  });

  it('prefers the setting', () => {
    const MASTER_KEY = Buffer.alloc(32, 9).toString('base64');
    const sealed = resolveMasterKey(settings({ MASTER_KEY })).seal(SECRET);
    expect(new MasterKey(Buffer.alloc(32, 9)).open(sealed)).toBe(SECRET);
  });

  it('refuses a key file that was damaged', () => {
    resolveMasterKey(settings());
    const file = join(folder, 'sub/f.db.key');
    writeFileSync(file, 'damaged');
    expect(() => resolveMasterKey(settings())).toThrow(`The master key in ${file} is not 32 bytes`);
  });
});
