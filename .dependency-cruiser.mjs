const RESOURCES = 'members|projects|environments|segments|toggles';
const FEATURES = `${RESOURCES}|access|dictionaries|events|webhooks|delivery|targeting-rules|evaluation|metrics|sdk|outreach|demo|listen|open-api`;
const SHARED_WITH_LISTEN =
  'events/(domain-event|wire-json)|webhooks/formats/(body-form|formatted-event)|webhooks/outgoing/(webhook-filter|signatures|hmac-key)';

/** Which folder may use which: the arrows of docs/architecture.md, as rules. */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two modules are one, or that a concept between them has no name yet.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'The technical base has no product word in it.',
      severity: 'error',
      from: { path: '^src/platform' },
      to: { path: `^src/(${FEATURES})` },
    },
    {
      name: 'through-the-index',
      comment:
        'A module is used through its index.ts; what is not exported there is its own affair. For listen see listen-stands-outside.',
      severity: 'error',
      from: { path: `^src/(${FEATURES})/`, pathNot: '^src/listen/' },
      to: { path: `^src/(${FEATURES})/(?!index\\.ts$)`, pathNot: '^src/$1/' },
    },
    {
      name: 'nothing-imports-webhooks',
      comment: 'Webhooks listen to events; nobody has to know that they exist.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(webhooks/|listen/|app\\.module\\.ts)' },
      to: { path: '^src/webhooks/' },
    },
    {
      name: 'listen-stands-outside',
      comment:
        'It is a client of the public API. It shares the pure functions that decide which events a webhook wants and what its requests look like.',
      severity: 'error',
      from: { path: '^src/listen/' },
      to: { path: '^src/(?!listen/)', pathNot: `^src/(${SHARED_WITH_LISTEN})\\.ts$` },
    },
    {
      name: 'nothing-imports-sdk',
      comment:
        'What SDKs are told follows from the flags; no flag has to know who is told. What they report is for those above to listen to.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sdk/|outreach/|app\\.module\\.ts)' },
      to: { path: '^src/sdk/' },
    },
    {
      name: 'nothing-imports-outreach',
      comment:
        'Outreach stands on segments, evaluation and the engine; none of them has to know that audiences are sent.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(outreach/|app\\.module\\.ts)' },
      to: { path: '^src/outreach/' },
    },
    {
      name: 'metrics-stand-above-toggles',
      comment: 'Metrics are about toggles; only what SDKs are told builds on them.',
      severity: 'error',
      from: { path: `^src/(${RESOURCES}|access|events|webhooks|delivery|targeting-rules|evaluation)/` },
      to: { path: '^src/metrics/' },
    },
    {
      name: 'delivery-knows-no-flags',
      comment: 'The engine delivers bytes to endpoints; what they mean is not its business.',
      severity: 'error',
      from: { path: '^src/delivery/' },
      to: { path: `^src/(${RESOURCES}|access|events|webhooks|targeting-rules|evaluation)/` },
    },
    {
      name: 'events-know-no-resource',
      comment: 'Resource modules record events, never the other way round.',
      severity: 'error',
      from: { path: '^src/events/' },
      to: { path: `^src/(${RESOURCES}|access|webhooks|delivery|targeting-rules|evaluation)/` },
    },
    {
      name: 'pure-targeting-rules',
      comment: 'Checking rules needs neither a framework nor a database.',
      severity: 'error',
      from: { path: '^src/targeting-rules/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/targeting-rules/' },
    },
    {
      name: 'pure-evaluation',
      comment:
        'Evaluating needs neither a framework nor a database, a clock nor a network: rules and a user in, a value out.',
      severity: 'error',
      from: { path: '^src/evaluation/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^src/(evaluation/|targeting-rules/index\\.ts$)|^(node:)?crypto$' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration describes the schema of its day and must not change when entities do.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^src/' },
    },
    {
      name: 'source-without-tests',
      severity: 'error',
      from: { path: '^(src|migrations|bench)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist' },
  },
};
