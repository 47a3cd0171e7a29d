import type { Settings } from './platform/config/index.js';

/** What a person wants to know when the server has started. */
export function welcome(settings: Settings, port: number): string {
  const address = `http://localhost:${port}`;
  const lines = settings.roles.has('api')
    ? welcomeToApi(settings, address)
    : welcomeToWorker(settings, address);
  return ['', ...lines, '', ''].join('\n');
}

function welcomeToApi(settings: Settings, address: string): string[] {
  const login = `curl -s ${address}/api/login -H 'Content-Type: application/json' -d '{"account":"Admin","password":"…"}'`;
  return [
    `  Flagpost is listening on ${address}`,
    `  Database:       ${describeDatabase(settings)}`,
    '',
    '  Three things to try:',
    '    1. npm run demo            changes a flag and shows the signed event arrive',
    `    2. ${address}/docs   the API, ready to be called from the browser`,
    `    3. ${login}`,
  ];
}

/** A worker alone answers for nothing but its health and metrics. */
function welcomeToWorker(settings: Settings, address: string): string[] {
  return [
    `  Flagpost sends deliveries, and answers ${address}/actuator/health and ${address}/metrics`,
    `  Database:       ${describeDatabase(settings)}`,
  ];
}

function describeDatabase({ database }: Settings): string {
  if (database.kind === 'sqlite') return `SQLite, ${database.file}`;
  return `MySQL, ${database.database} at ${database.host}:${database.port}`;
}
