import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { waitFor } from '../support/wait-for.js';

const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';

describe.each(DATABASES)('importing profiles on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let base: string;
  let projects = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
  });
  afterAll(() => flagpost.stop());

  /** Every test has profiles of its own. */
  const freshProject = async (): Promise<void> => {
    projects += 1;
    await owner.ok('POST', '/api/projects', { key: `p${projects}`, name: `P${projects}` });
    base = `/api/projects/p${projects}/profiles`;
  };
  const send = async (
    type: string,
    body: string | Uint8Array | undefined,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const options = { method: 'POST', body, duplex: 'half' };
    const all = { ...owner.headers, 'Content-Type': type, ...headers };
    const response = await fetch(`${flagpost.baseUrl}${base}/import`, {
      ...options,
      headers: all,
    } as RequestInit);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const take = async (
    type: string,
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Json> => {
    const answer = await send(type, body, headers);
    expect([answer.status, answer.body.code]).toEqual([200, undefined]);
    return answer.body;
  };
  const all = async (): Promise<Json[]> =>
    (await owner.ok('GET', `${base}?pageSize=1000`)).content.toReversed();
  const attributesOf = async (): Promise<Json> =>
    Object.fromEntries((await all()).map(({ userId, gid, attributes }) => [userId ?? gid, attributes]));
  const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

  it('takes NDJSON: a profile a line, made or changed', async () => {
    await freshProject();
    await owner.ok('POST', base, { userId: 'ann', attributes: { city: 'Paris', old: 1 } });
    const file = lines(
      { userId: 'ann', attributes: { city: 'Rome', old: null } },
      { userId: 'bob', attributes: { level: 3, gold: false } },
      { gid: 77 },
      { attributes: { visitor: true } },
      { userId: 'bob', attributes: { level: 4 } },
      { gid: 77, userId: 'carl' },
    );
    expect(await take(NDJSON, file)).toEqual({ imported: 3, updated: 3, failed: 0, errors: [] });
    expect(await attributesOf()).toEqual({
      ann: { city: 'Rome' },
      bob: { level: 4, gold: false },
      carl: {},
      78: { visitor: true },
    });
    expect((await owner.ok('GET', `${base}?userId=carl`)).content[0].gid).toBe(77);
  });

  it('takes CSV: a header, and then text', async () => {
    await freshProject();
    const file =
      'userId,gid,city,"zip, code"\nann,,Paris,"01"\n,7,"a ""b"", c",\n"","","",""\nann,,"two\nlines",\n';
    expect(await take(CSV, file)).toEqual({ imported: 3, updated: 1, failed: 0, errors: [] });
    expect(await attributesOf()).toEqual({
      ann: { city: 'two\nlines', 'zip, code': '01' },
      7: { city: 'a "b", c' },
      8: {},
    });
  });

  it('takes a byte order mark, CRLF, empty lines and a last line without an end', async () => {
    await freshProject();
    expect(await take(NDJSON, `\ufeff{"userId":"a"}\r\n\r\n  \n{"userId":"b"}`)).toMatchObject({
      imported: 2,
    });
    expect(await take(CSV, '\ufeffuserId,x\r\nc,1\r\n\r\nd,"2\r\n3"\r\n')).toMatchObject({
      imported: 2,
      failed: 0,
    });
    expect(await attributesOf()).toEqual({ a: {}, b: {}, c: { x: '1' }, d: { x: '2\r\n3' } });
    expect(await take(NDJSON, '')).toEqual({ imported: 0, updated: 0, failed: 0, errors: [] });
    expect(await take(CSV, 'gid,x')).toEqual({ imported: 0, updated: 0, failed: 0, errors: [] });
  });

  it('names lines of NDJSON that can’t be taken, and takes the others', async () => {
    await freshProject();
    const parts: (string | Uint8Array)[] = [
      lines({ userId: 'first' }),
      '{"userId":\n',
      '[1]\n',
      'null\n',
      '{"userId":"x","attributes":{"a":{"b":1}}}\n',
      '{"gid":"12"}\n',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x0a]),
      `{"userId":"long","attributes":{"a":"${'x'.repeat(1024 * 1024)}"}}\n`,
      lines({ userId: 'first', gid: 99 }),
      '{"attributes":{"__proto__":1}}\n',
      lines({ userId: 'last' }),
    ];
    const report = await take(NDJSON, Buffer.concat(parts.map((part) => Buffer.from(part))));
    expect(report).toEqual({
      imported: 2,
      updated: 0,
      failed: 9,
      errors: [
        { line: 2, message: 'line is not valid JSON' },
        { line: 3, message: 'line must be a JSON object' },
        { line: 4, message: 'line must be a JSON object' },
        { line: 5, message: 'attributes.a must be text, a number, true, false or null' },
        { line: 6, message: 'gid must be a whole number from 1 to 9007199254740991' },
        { line: 7, message: 'line is not valid UTF-8' },
        { line: 8, message: 'line is longer than 1048576 bytes' },
        { line: 9, message: 'userId is of the profile 1' },
        { line: 10, message: 'attributes.__proto__ is not a name for an attribute' },
      ],
    });
    expect(Object.keys(await attributesOf())).toEqual(['first', 'last']);
  });

  it('names records of CSV that can’t be taken by the line they begin in', async () => {
    await freshProject();
    const file =
      'userId,city\n' +
      'a,"x\ny\nz"\n' + // 2 to 4
      'b\n' +
      'c,1,2\n' +
      'd,"stray" text\n' + // 7
      'e,in"side\n' +
      `f,${'x'.repeat(5000)}\n` +
      `"g\n${'y'.repeat(1024 * 1024)}",z\n` + // 10 and 11
      'h,fine\n' +
      'i,"never closed\n' + // 13
      'j,lost\n';
    const report = await take(CSV, file);
    expect(report).toMatchObject({ imported: 2, updated: 0, failed: 7 });
    expect(report.errors.map(({ line, message }: Json) => [line, message.slice(0, 34)])).toEqual([
      [5, 'line has 1 cells where the header '],
      [6, 'line has 3 cells where the header '],
      [7, 'line has a quote where none may st'],
      [8, 'line has a quote where none may st'],
      [9, 'attributes.city must have at most '],
      [10, 'line is longer than 1048576 bytes'],
      [13, 'line opens a quote that nothing cl'],
    ]);
    expect(await attributesOf()).toEqual({ a: { city: 'x\ny\nz' }, h: { city: 'fine' } });
  });

  it('counts all that failed and names a hundred, in the caller’s language', async () => {
    await freshProject();
    const file = Array.from({ length: 1500 }, (_, index) =>
      index % 2 ? `{"userId":"u${index}"}` : '{"gid":0}',
    );
    const report = await take(NDJSON, file.join('\n'), { 'Accept-Language': 'zh-CN' });
    expect(report).toMatchObject({ imported: 750, failed: 750 });
    expect(report.errors).toHaveLength(100);
    expect(report.errors[99]).toEqual({ line: 199, message: 'gid 必须是 1 到 9007199254740991 的整数' });
  });

  it.each([
    ['city,age\nParis,3\n', 'header must be the first row'],
    ['', 'header must be the first row'],
    ['userId;city\nann;Paris\n', 'header must be the first row'],
    ['userId,city,city\n', 'header names city twice'],
    ['userId,\n', 'header column 2: attributes. must not be empty'],
    ['userId,"a\n', 'header opens a quote'],
    [`userId,${'x'.repeat(129)}\n`, 'header column 2: attributes.'],
  ])('refuses CSV with the header %j', async (file, message) => {
    await freshProject();
    const { status, body } = await send(CSV, file);
    expect([status, body.code, body.message.slice(0, message.length)]).toEqual([
      400,
      'invalid_request',
      message,
    ]);
    expect(await all()).toEqual([]);
  });

  it.each([
    'application/json',
    'text/plain',
    'text/csv; charset=gbk',
    'multipart/form-data; boundary=x',
    'application/x-ndjson2',
  ])('refuses the content type %s', async (type) => {
    await freshProject();
    const { status, body } = await send(type, lines({ userId: 'a' }));
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.message).toMatch(
      /^Content-Type must (be application\/x-ndjson or text\/csv|have the charset utf-8)$/,
    );
    expect(await all()).toEqual([]);
  });

  it('takes charsets that are UTF-8, and no body for an empty file', async () => {
    await freshProject();
    expect(await take('text/csv; charset="UTF-8"; header=present', 'userId\na\n')).toMatchObject({
      imported: 1,
    });
    expect((await send(NDJSON, undefined)).body).toMatchObject({ imported: 0, failed: 0 });
  });

  it('takes gzip, and says so where it is broken', async () => {
    await freshProject();
    const file = Buffer.from(Array.from({ length: 3000 }, (_, index) => `{"userId":"u${index}"}\n`).join(''));
    const zipped = gzipSync(file);
    expect(await take(NDJSON, zipped, { 'Content-Encoding': 'gzip' })).toMatchObject({ imported: 3000 });
    const broken = Buffer.concat([zipped.subarray(0, 40), Buffer.alloc(2000, 7)]);
    const { status, body } = await send(NDJSON, broken, { 'Content-Encoding': 'gzip' });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect((await send(NDJSON, file, { 'Content-Encoding': 'gzip' })).body.code).toBe('invalid_request');
  });

  it('gives the same id twice in a file the attributes of both, across chunks too', async () => {
    await freshProject();
    const rows = Array.from({ length: 2500 }, (_, index) => ({
      userId: `u${index % 7}`,
      attributes: { [`a${index % 3}`]: index },
    }));
    expect(await take(NDJSON, lines(...rows))).toEqual({ imported: 7, updated: 2493, failed: 0, errors: [] });
    const { u0 } = await attributesOf();
    expect(u0).toEqual({ a0: 2499, a1: 2485, a2: 2492 });
  });

  it('takes two files at once, with users in both', async () => {
    await freshProject();
    const file = (name: string, from: number): string =>
      lines(
        ...Array.from({ length: 3000 }, (_, index) => ({
          userId: `u${from + index}`,
          attributes: { [name]: index },
        })),
      );
    const reports = await Promise.all([take(NDJSON, file('a', 0)), take(NDJSON, file('b', 1500))]);
    expect(reports.map(({ failed }) => failed)).toEqual([0, 0]);
    expect(reports[0].imported + reports[1].imported).toBe(4500);
    expect((await owner.ok('GET', base)).totalElements).toBe(4500);
    expect((await owner.ok('GET', `${base}?userId=u2000`)).content[0].attributes).toEqual({
      a: 2000,
      b: 500,
    });
  });

  it('keeps what came where the connection breaks, and lets other calls go on meanwhile', async () => {
    await freshProject();
    const { hostname, port } = new URL(flagpost.baseUrl);
    const call = request({
      hostname,
      port,
      method: 'POST',
      path: `${base}/import`,
      headers: { ...owner.headers, 'Content-Type': NDJSON },
    });
    const failed = new Promise((resolve) => call.on('error', resolve));
    call.write(lines(...Array.from({ length: 2700 }, (_, index) => ({ userId: `u${index}` }))));
    const count = async (): Promise<number> => (await owner.ok('GET', base)).totalElements;
    await waitFor(async () => ((await count()) >= 2000 ? true : undefined), 'two chunks');
    await owner.ok('POST', base, { userId: 'another' });
    call.destroy();
    await failed;
    expect(await take(NDJSON, lines({ userId: 'u0' }))).toMatchObject({ imported: 0, updated: 1 });
    expect(await count()).toBe(2001);
  });

  it('is for who may: others are refused before anything is read', async () => {
    await freshProject();
    const response = await fetch(`${flagpost.baseUrl}${base}/import`, {
      method: 'POST',
      headers: { 'Content-Type': NDJSON },
      body: lines({ userId: 'x' }).repeat(50_000),
    });
    expect(response.status).toBe(401);
    expect(await all()).toEqual([]);
  });

  it('has no limit, where all other routes have one', async () => {
    await freshProject();
    const file = lines({ userId: 'big', attributes: { text: 'x'.repeat(4000) } }).repeat(1500);
    expect(file.length).toBeGreaterThan(5 * 1024 * 1024);
    expect(await take(NDJSON, file)).toMatchObject({ imported: 1, updated: 1499 });
    expect((await owner.raw('POST', base, file)).body.code).toBe('payload_too_large');
  });

  it('ends with a clear answer when the server stops, however slowly the rest would come', async () => {
    const stopping = await startFlagpost(kind, { ROLES: 'api' });
    const client = stopping.owner;
    await client.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    const path = '/api/projects/shop/profiles';
    const { hostname, port } = new URL(stopping.baseUrl);
    const headers = { ...client.headers, 'Content-Type': NDJSON };
    const call = request({ hostname, port, method: 'POST', path: `${path}/import`, headers });
    const answer = once(call, 'response') as Promise<[IncomingMessage]>;
    call.on('error', () => undefined);
    call.write(lines(...Array.from({ length: 1500 }, (_, index) => ({ userId: `u${index}` }))));
    const count = async (): Promise<number> => (await client.ok('GET', path)).totalElements;
    await waitFor(async () => ((await count()) >= 1000 ? true : undefined), 'the first rows');
    const stopped = stopping.stop();
    const [response] = await answer;
    expect(response.statusCode).toBe(503);
    expect(JSON.parse(await text(response))).toEqual({
      code: 'unavailable',
      message: 'The server is stopping: what it read so far is done, please send all of it again shortly',
    });
    await stopped;
  });
});
