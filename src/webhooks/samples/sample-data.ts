/** Who and when, for samples that carry both. */
export interface Stamps {
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export const PROJECT_KEY = 'sample_shop';
export const ENVIRONMENT_KEY = 'production';
export const TOGGLE_KEY = 'new_checkout';
export const SEGMENT_KEY = 'beta_testers';

/** SDK keys that nobody can mistake for real ones. */
const NO_KEY = '0123456789abcdef0123456789abcdef01234567';

const VARIATIONS = [
  { value: 'false', name: 'off', description: 'The checkout as it was' },
  { value: 'true', name: 'on', description: 'The new checkout' },
];

const RULES = [
  {
    conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
    name: 'Paris',
    serve: { select: 1 },
  },
];

const CONTENT = {
  variations: VARIATIONS,
  rules: RULES,
  prerequisites: [],
  defaultServe: { split: [9000, 1000] },
  disabledServe: { select: 0 },
};

export function environment(): object {
  return {
    key: ENVIRONMENT_KEY,
    name: 'Production',
    clientSdkKey: `client-${NO_KEY}`,
    serverSdkKey: `server-${NO_KEY}`,
    enableApproval: false,
  };
}

export function project(): object {
  return { key: PROJECT_KEY, name: 'Sample shop', description: 'A sample', environments: [environment()] };
}

export function approvalSettings({ by }: Stamps): object {
  return [
    {
      enable: true,
      environmentKey: ENVIRONMENT_KEY,
      environmentName: 'Production',
      locked: false,
      reviewers: [by],
    },
  ];
}

export function segment({ by, at }: Stamps, rules: readonly object[] = segmentRules()): object {
  return {
    key: SEGMENT_KEY,
    name: 'Beta testers',
    description: 'A sample',
    projectKey: PROJECT_KEY,
    rules,
    version: rules.length === 0 ? 1 : 2,
    createdTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}

function segmentRules(): readonly object[] {
  return RULES.map(({ conditions, name }) => ({ conditions, name }));
}

export function toggle({ by, at }: Stamps, archived: boolean): object {
  return {
    key: TOGGLE_KEY,
    name: 'New checkout',
    desc: 'A sample',
    archived,
    clientAvailability: false,
    permanent: false,
    returnType: 'boolean',
    disabledServe: 0,
    tags: ['sample'],
    variations: VARIATIONS,
    createdTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}

export function targeting({ by, at }: Stamps): object {
  return {
    content: CONTENT,
    disabled: false,
    enableApproval: false,
    locked: false,
    status: 'RELEASE',
    trackAccessEvents: false,
    version: 3,
    publishTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}

/** What a cancelled approval leaves behind: FeatureProbe says nothing of tracking there. */
export function canceledTargeting(stamps: Stamps): object {
  return { ...targeting(stamps), trackAccessEvents: undefined };
}

/** Approvals carry targeting content as JSON text, as in FeatureProbe. */
export function approval({ by, at }: Stamps, status: 'PENDING' | 'PASS'): object {
  const content = JSON.stringify(CONTENT);
  return {
    approvalData: { content, disabled: false },
    currentData: { content, disabled: true },
    approvalDate: at,
    title: 'Switch on the new checkout',
    comment: status === 'PASS' ? 'Looks good' : undefined,
    environmentKey: ENVIRONMENT_KEY,
    projectKey: PROJECT_KEY,
    toggleKey: TOGGLE_KEY,
    status,
    submitBy: by,
  };
}

export function member({ by, at }: Stamps): object {
  return {
    account: 'sample@example.com',
    role: 'WRITER',
    createdBy: by,
    createdTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}

export function webhook({ by, at }: Stamps): object {
  return {
    id: 1,
    name: 'Sample',
    description: 'A sample',
    status: 'ENABLE',
    url: 'https://hooks.example.com/flagpost',
    createdBy: by,
    createdTime: at,
    modifiedBy: by,
    modifiedTime: at,
  };
}
