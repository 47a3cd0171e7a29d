import { expect, it } from 'vitest';
import { loadSettings } from './platform/config/index.js';
import { welcome } from './welcome.js';

const settingsFor = (roles: string) => loadSettings({ ROLES: roles, DATABASE_URL: 'sqlite:flags.db' });

it.each(['api', 'api,worker'])('shows where to begin when it answers as %s', (roles) => {
  const text = welcome(settingsFor(roles), 4008);
  expect(text).toContain('listening on http://localhost:4008\n');
  expect(text).toContain('SQLite, flags.db');
  expect(text).toContain('Three things to try');
});

it('shows a worker alone nothing that it would not answer', () => {
  const text = welcome(settingsFor('worker'), 4009);
  expect(text).toContain('http://localhost:4009/metrics');
  expect(text).toContain('SQLite, flags.db');
  expect(text).not.toMatch(/to try|\/docs|\/api\/login|npm run demo/);
});
