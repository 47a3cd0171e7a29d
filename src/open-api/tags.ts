/** What the groups of operations are about, in the order the page shows them. */
export const TAGS: Readonly<Record<string, string>> = {
  access: 'Signing in, access tokens, and what a UI asks before.',
  members: 'Accounts and roles. Any member may read them; changes are for owners, but for one’s own account.',
  projects: 'Projects hold environments, segments and toggles.',
  environments: 'Where toggles are served, each with SDK keys of its own.',
  segments: 'Groups of users by rules, for the rules of toggles.',
  toggles: 'Feature toggles, with the tags and attributes of a project.',
  targeting: 'What a toggle serves in one environment, version by version.',
  approvals: 'Changes of targeting that somebody else has to approve first.',
  metrics: 'What the variations of a toggle are compared by.',
  traffic: 'Evaluations of a toggle that SDKs reported.',
  'event tracker': 'Evaluations as they happen, to debug an SDK.',
  campaigns:
    'What is sent to which users, through which touchpoints, and when. Any member may read and manage them.',
  events: 'The feed of all changes: the audit log.',
  webhooks: 'Who hears of changes. Any member may read webhooks; all else is for owners.',
  touchpoints:
    'Customers’ own systems that reach users. Any member may read and test them; changes are for owners.',
  deliveries: 'What was sent to webhooks, and with what answer.',
  profiles: 'Users of the customer’s product, what is known of them, and what they did.',
  dictionaries: 'What a UI remembers for an account.',
  internal: 'What the FeatureProbe server asks. Open only where INTERNAL_TOKEN is set.',
  operations: 'Health and metrics of the process.',
};
