import { describe, expect, it } from 'vitest';
import { SETTING_CATALOGUE, type SettingDefinition } from '../../src/platform/config/index.js';
import { ERRORS, type ErrorDefinition } from '../../src/platform/errors/index.js';

const settings: SettingDefinition[] = Object.values(SETTING_CATALOGUE);
const errors = Object.entries(ERRORS) as [string, ErrorDefinition][];

/** Documents that are made from code. `npx vitest run test/docs -u` writes them anew. */
describe('generated documents', () => {
  it('docs/settings.md lists every setting', async () => {
    const rows = settings.map(
      ({ name, default: value, defaultNote, description }) =>
        `| \`${name}\` | ${defaultNote ?? (value === undefined ? 'unset' : `\`${value}\``)} | ${description} |`,
    );
    const text = [
      '# Settings',
      '',
      'Flagpost reads these environment variables at its start. Whatever is wrong with them is said in one message, and the start stops.',
      'This page is generated from `src/platform/config/setting-catalogue.ts`.',
      '',
      '| variable | default | meaning |',
      '| --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot('../../docs/settings.md');
  });

  it('.env.example names every setting', async () => {
    const blocks = settings.map(({ name, default: value, defaultNote, description }) => {
      const note = defaultNote === undefined ? '' : ` Default: ${defaultNote}.`;
      return `# ${description.replaceAll('`', '')}${note}\n# ${name}=${value ?? ''}\n`;
    });
    const head =
      '# Settings of Flagpost with their defaults, see docs/settings.md. Load with `node --env-file=.env`.\n';
    await expect([head, ...blocks].join('\n')).toMatchFileSnapshot('../../.env.example');
  });

  it('docs/errors.md lists every error', async () => {
    const rows = errors.map(([, { status, code, en, zh }]) => `| ${status} | \`${code}\` | ${en} | ${zh} |`);
    const text = [
      '# Errors',
      '',
      'Every error is answered as `{"code": …, "message": …}`. Branch on the code; the message is for people, in the language that',
      '`Accept-Language` asks for (English, or Chinese for `zh`). This page is generated from `src/platform/errors/error-catalogue.ts`.',
      '',
      '| status | code | English | 中文 |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot('../../docs/errors.md');
  });
});
