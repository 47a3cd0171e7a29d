import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** A route that the server serves, its path as the router has it (`/api/projects/:projectKey`). */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
}

const INDENT = 4;
const LINE = /^(?<indent>[│├└─ ]*)(?<segment>\S+) \((?<methods>[A-Z, ]+)\)$/;

/** Every route of the router itself, whoever registered it. Left out: HEAD, which goes with GET. */
export function servedRoutes(app: NestFastifyApplication): ServedRoute[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const parents: string[] = [];
  const routes: ServedRoute[] = [];
  for (const line of tree.split('\n').filter((text) => text.trim() !== '')) {
    const { indent = '', segment = '', methods = '' } = LINE.exec(line)?.groups ?? {};
    if (segment === '') throw new Error(`The router printed a line of another form: ${line}`);
    const depth = indent.length / INDENT - 1;
    const path = (parents[depth - 1] ?? '') + segment;
    parents.length = depth;
    parents.push(path);
    for (const method of methods.split(', ')) if (method !== 'HEAD') routes.push({ method, path });
  }
  return routes;
}
