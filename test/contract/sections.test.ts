import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/** The sections of the FeatureProbe contract, and why some of them have nothing that a test could show. */
const SECTIONS: Readonly<Record<string, 'tested' | { readonly notTested: string }>> = {
  '0 Read this first: traps for a NestJS re-implementation': 'tested',
  '1.1 Transport conventions': 'tested',
  '1.2 Login endpoints': 'tested',
  '1.3 JWT': 'tested',
  '1.4 Tenant (organization) resolution': 'tested',
  '1.5 API access tokens': 'tested',
  '1.6 Roles and permission matrix': 'tested',
  '1.7 operator': 'tested',
  '1.8 Error bodies': 'tested',
  '1.9 i18n': 'tested',
  '1.10 Seed data': 'tested',
  '2.0 Paging, search, exists': 'tested',
  '2.1 Application / misc': 'tested',
  '2.2 Projects': 'tested',
  '2.3 Environments': 'tested',
  '2.4 Toggles': 'tested',
  '2.5 Targeting': 'tested',
  '2.6 Approval state machine': 'tested',
  '2.7 Approval records': 'tested',
  '2.8 Segments': 'tested',
  '2.9 Tags, attributes': 'tested',
  '2.10 Members': 'tested',
  '2.11 Access tokens': 'tested',
  '2.12 Dictionaries': 'tested',
  '2.13 Webhooks': 'tested',
  '2.14 Traffic': 'tested',
  '2.15 Metrics': 'tested',
  '2.16 Event tracker': 'tested',
  '2.17 Freshness of response timestamps': 'tested',
  '3.1 How an event is produced': 'tested',
  '3.2 Envelope': 'tested',
  '3.3 Delivery request': 'tested',
  '3.4 Event table': 'tested',
  '4.1 Shape': 'tested',
  '4.2 Conditions': 'tested',
  '4.3 Serve': 'tested',
  '4.4 Variations': 'tested',
  '4.5 Server-side validation': 'tested',
  '4.6 Default content on toggle/env creation': 'tested',
  '4.7 Prerequisites': 'tested',
  '5.1 API → Rust server': 'tested',
  '5.2 Change push API → server': 'tested',
  '5.3 SDK repository JSON': 'tested',
  '5.4 Rust server public endpoints': 'tested',
  '6.1 Start-up sequence': 'tested',
  '6.2 Per page': 'tested',
  '6.3 Minimal usable set': 'tested',
  '7 Weaknesses of the upstream webhook subsystem': {
    notTested: 'describes what FeatureProbe does badly; how Flagpost delivers is in its own contract',
  },
  '8 Other server defects worth not copying': {
    notTested: 'describes defects inside FeatureProbe; what follows for the routes stands in their sections',
  },
  '9 Known user reports': { notTested: 'lists reports about FeatureProbe' },
  '10 Enum summary': 'tested',
  '11 Data model in one screen': { notTested: 'sketches tables, which nobody sees from outside' },
  '12 Confidence notes': { notTested: 'says how the document came to be' },
  '13 Composed examples': 'tested',
};

const FOLDER = import.meta.dirname;

/** The names of all `describe` blocks in this folder. */
async function describedSections(): Promise<string[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.contract.test.ts'));
  const texts = await Promise.all(files.map((file) => readFile(`${FOLDER}/${file}`, 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/\bdescribe\(\s*(['"`])(?<name>.+?)\1/g)].map(({ groups }) => groups?.['name'] ?? ''),
  );
}

/** A heading may go on after the section's name, as the document's own do. */
const isNamed = (described: string, section: string): boolean =>
  described === section || described.startsWith(`${section} `);

const described = await describedSections();

it.each(Object.entries(SECTIONS).filter(([, state]) => state === 'tested'))(
  'section %s of the contract has tests',
  (section) => {
    expect(described.filter((name) => isNamed(name, section))).not.toEqual([]);
  },
);

it('no test is named after a section that there is not', () => {
  const numbered = described.filter((name) => /^\d/.test(name));
  const unknown = numbered.filter((name) => !Object.keys(SECTIONS).some((section) => isNamed(name, section)));
  expect(unknown).toEqual([]);
});

it('sections without tests say why', () => {
  for (const state of Object.values(SECTIONS))
    if (state !== 'tested') expect(state.notTested.length).toBeGreaterThan(20);
});
