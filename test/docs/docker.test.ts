import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { SETTING_CATALOGUE } from '../../src/platform/config/index.js';
import { startFlagpost } from '../support/flagpost.js';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** The longest that a stop takes, in seconds: see `STOP_LIMIT_MS` in `src/main.ts`. */
const STOP_LIMIT = 40;

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A Dockerfile's instructions, stage by stage, without comments and with continued lines joined. */
function stagesOf(dockerfile: string): Instruction[][] {
  const lines = dockerfile
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)!.push({ name, text });
  }
  return stages;
}

const textsOf = (stage: readonly Instruction[], name: string): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ text }) => text);

describe('docker/Dockerfile', () => {
  const stages = stagesOf(read('docker/Dockerfile'));
  const [base = [], build = [], image = []] = stages;

  it('pins its base image, of a version of Node that package.json allows, in one place', () => {
    expect(textsOf(base, 'FROM')).toEqual([
      expect.stringMatching(/^node:\d+\.\d+\.\d+-[a-z]+-slim AS base$/),
    ]);
    const major = Number(/^node:(\d+)/.exec(textsOf(base, 'FROM')[0]!)![1]);
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(major).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)![0]));
    expect([textsOf(build, 'FROM'), textsOf(image, 'FROM')]).toEqual([['base AS build'], ['base']]);
    expect(stages).toHaveLength(3);
  });

  it('copies what there is, and what .dockerignore lets through', () => {
    const ignored = read('.dockerignore').split('\n');
    const fromContext = textsOf(build, 'COPY').flatMap((text) => text.split(/\s+/).slice(0, -1));
    expect(fromContext).toContain('package-lock.json');
    for (const path of fromContext) {
      expect(existsSync(new URL(path, ROOT)), path).toBe(true);
      expect(ignored).not.toContain(path);
    }
    const made = ['dist', 'node_modules'];
    for (const text of textsOf(image, 'COPY')) {
      expect(text).toMatch(/^--from=build /);
      const paths = text
        .split(/\s+/)
        .slice(1, -1)
        .map((path) => path.replace('/app/', ''));
      for (const path of paths)
        expect(made.includes(path) || existsSync(new URL(path, ROOT)), path).toBe(true);
    }
  });

  it('keeps secrets, data and what the host has built out of the build', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', '.env', '**/.env', 'data', 'dist', 'node_modules']),
    );
  });

  it('runs node itself, without root, on code that is root’s', () => {
    expect(textsOf(image, 'USER')).toEqual(['node']);
    expect(textsOf(image, 'CMD')).toEqual(['["node", "dist/src/main.js"]']);
    expect(textsOf(image, 'ENTRYPOINT')).toEqual([]);
    expect(textsOf(image, 'STOPSIGNAL')).toEqual([]);
    expect(textsOf(image, 'COPY').join()).not.toContain('--chown');
    const order = image.map(({ name }) => name);
    expect(order.indexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'));
    expect(textsOf(build, 'RUN').join()).toContain('npm prune --omit=dev');
  });

  it('tells a server that runs from one that does not', async () => {
    const command = JSON.parse(/CMD (\[.*\])$/.exec(textsOf(image, 'HEALTHCHECK')[0]!)![1]!) as string[];
    expect(command[0]).toBe('node');
    const check = (port: string): Promise<unknown> =>
      promisify(execFile)(process.execPath, command.slice(1), { env: { PORT: port } });
    const flagpost = await startFlagpost('sqlite');
    const { port } = new URL(flagpost.baseUrl);
    await expect(check(port)).resolves.toBeDefined();
    await flagpost.stop();
    await expect(check(port)).rejects.toMatchObject({ code: 1 });
  });
});

interface Service {
  readonly image: string;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly environment?: Record<string, string | null>;
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
  readonly logging?: { readonly options: Record<string, string> };
  readonly deploy?: { readonly replicas: number };
  readonly depends_on?: Record<string, { readonly condition: string }>;
}

describe('docker/compose.yaml', () => {
  let services: Record<string, Service>;
  beforeAll(() => {
    // The parser that @nestjs/swagger writes the OpenAPI document with.
    const swagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
    const yaml = swagger('js-yaml') as {
      load(text: string, options: object): unknown;
      YAML11_SCHEMA?: object;
    };
    const file = yaml.load(read('docker/compose.yaml'), { schema: yaml.YAML11_SCHEMA });
    ({ services } = file as { services: Record<string, Service> });
  });

  it('runs one api and two workers of the same image', () => {
    const { api, worker } = services as { api: Service; worker: Service };
    expect([api.environment!['ROLES'], worker.environment!['ROLES']]).toEqual(['api', 'worker']);
    expect(worker.image).toBe(api.image);
    expect(worker.deploy).toEqual({ replicas: 2 });
    for (const { environment, stop_grace_period: grace, read_only: readOnly } of [api, worker]) {
      expect(Number.parseInt(grace!, 10)).toBeGreaterThan(STOP_LIMIT);
      expect(readOnly).toBe(true);
      expect(Object.keys(SETTING_CATALOGUE)).toEqual(expect.arrayContaining(Object.keys(environment!)));
    }
  });

  it('starts each service when those it needs are healthy', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(services, `${name} needs ${needed}`).toHaveProperty(needed);
        expect(condition).toBe('service_healthy');
      }
      // Flagpost's own check is the image's.
      expect(name === 'api' || name === 'worker' || service.healthcheck !== undefined, name).toBe(true);
    }
  });

  it('restarts all of them, bounds their logs, and publishes the api alone', () => {
    for (const [name, service] of Object.entries(services)) {
      expect(service.restart, name).toBe('unless-stopped');
      expect(service.logging?.options, name).toHaveProperty('max-size');
      expect(service.ports !== undefined, name).toBe(name === 'api');
      expect(name === 'api' || name === 'worker' || /:\d/.test(service.image), name).toBe(true);
    }
  });
});
