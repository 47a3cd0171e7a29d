/** What events carry in `data`. Instants are epoch milliseconds; what is null or unknown is left out. */

export interface Project {
  name: string;
  key: string;
  description: string;
  /** Those that are live, oldest first. */
  environments: Environment[];
}

export interface Environment {
  name: string;
  key: string;
  /** Publishing needs an approval. */
  enableApproval: boolean;
  /** Whole, or its last four characters where the webhook masks SDK keys. */
  serverSdkKey: string;
  clientSdkKey: string;
}

/** The approval settings of one environment. */
export interface ApprovalSettings {
  environmentKey: string;
  environmentName: string;
  enable: boolean;
  /** Accounts. */
  reviewers: string[];
  /** Approvals are under way. */
  locked: boolean;
}

export interface Segment {
  name: string;
  key: string;
  description: string;
  projectKey: string;
  rules: SegmentRule[];
  version: number;
  createdTime: number;
  modifiedTime: number;
  modifiedBy: string;
}

export interface Toggle {
  name: string;
  key: string;
  desc: string;
  tags: string[];
  returnType: ReturnType;
  /** Position of the variation that new environments serve while disabled. */
  disabledServe: number;
  archived: boolean;
  permanent: boolean;
  /** Days since it was made, once it is overdue for removal. */
  useDays?: number;
  /** Whether SDKs in browsers and apps get it. */
  clientAvailability: boolean;
  variations: Variation[];
  createdTime: number;
  modifiedTime: number;
  modifiedBy: string;
}

/** What a toggle serves in one environment. */
export interface Targeting {
  content: TargetingContent;
  disabled: boolean;
  version: number;
  status: 'RELEASE' | 'PENDING_APPROVAL' | 'PENDING_RELEASE' | 'REJECT';
  enableApproval: boolean;
  locked: boolean;
  publishTime: number;
  modifiedTime: number;
  modifiedBy: string;
  trackAccessEvents: boolean;
}

/** A targeting after a change to it was given up. */
export type RevokedTargeting = Omit<Targeting, 'trackAccessEvents'>;

export interface Approval {
  /** The submitter's comment. */
  title?: string;
  projectKey: string;
  environmentKey: string;
  toggleKey: string;
  status: 'PENDING' | 'PASS' | 'REJECT' | 'JUMP' | 'REVOKE';
  /** Of whoever decided. */
  comment?: string;
  submitBy: string;
  /** When it was submitted or decided. */
  approvalDate: number;
  /** What is served now. */
  currentData: ApprovalData;
  /** What shall be served. */
  approvalData: ApprovalData;
}

export interface ApprovalData {
  disabled: boolean;
  /** A `TargetingContent` as JSON text. */
  content: string;
}

export interface Member {
  account: string;
  /** Absent once the member was removed. */
  role?: 'OWNER' | 'WRITER';
  createdTime: number;
  createdBy: string;
  modifiedTime: number;
  modifiedBy: string;
}

/** A webhook without its secret; its further settings where they differ from their defaults. */
export interface Webhook {
  id: number;
  name: string;
  description: string;
  status: 'ENABLE' | 'DISABLE';
  url: string;
  createdBy: string;
  createdTime: number;
  modifiedBy: string;
  modifiedTime: number;
  [setting: string]: unknown;
}

/** A template value: one code or text, or the several codes of a multiple choice. */
export type TemplateValue = string | number | boolean | string[];

/** An endpoint that users of an audience are sent to, without its secret. */
export interface Touchpoint {
  id: number;
  name: string;
  kind: 'CHANNEL' | 'TOUCHPOINT';
  /** Of a `TOUCHPOINT`. */
  type?: 'NOTICE' | 'BENEFIT' | 'OTHER';
  url: string;
  status: 'ENABLED' | 'DISABLED';
  /** Of a `CHANNEL`. */
  auth?: { type: 'SECRET' } | { type: 'BASIC'; username: string } | { type: 'NONE' };
  /** Of a `TOUCHPOINT`. */
  receipts?: { mode: 'SYNC' } | { mode: 'ASYNC'; url: string; timeoutMinutes: number };
  batchSize: number;
  /** Absent: no limit. */
  usersPerSecond?: number;
  userAttributes: { attribute: string; name: string; displayName?: string; defaultValue?: TemplateValue }[];
  templateParams: {
    name: string;
    displayName?: string;
    type: 'TEXT' | 'NUMBER' | 'INTEGER' | 'DATE' | 'ENUM';
    required?: boolean;
    defaultValue?: TemplateValue;
    options?: { multiple?: boolean; values?: { code: string; name: string }[]; url?: string };
  }[];
  timeoutMs: number;
  maxInFlight: number;
  retryForMinutes?: number;
  /** Projects whose campaigns may use it. */
  projectKeys: string[];
  createdTime: number;
  createdBy: string;
  modifiedTime: number;
  modifiedBy: string;
}

/** A campaign; a draft may lack what it has not been given yet. */
export interface Campaign {
  id: number;
  name: string;
  projectKey: string;
  status:
    'DRAFT' | 'IN_APPROVAL' | 'TO_PUBLISH' | 'NOT_STARTED' | 'RUNNING' | 'PAUSED' | 'FINISHED' | 'CLOSED';
  segmentKey?: string;
  steps: { touchpointId: number; priority?: number }[];
  mode: 'ALL' | 'FIRST_SUCCESS';
  templateValues: Record<string, TemplateValue>;
  trigger?: Record<string, unknown>;
  /** When it will send next, epoch milliseconds. */
  nextRunTime?: number;
  createdTime: number;
  createdBy: string;
  modifiedTime: number;
  modifiedBy: string;
}

export type ReturnType = 'boolean' | 'number' | 'string' | 'json';

/** Clients may put further fields into rules; they are sent as they were submitted. */
export interface Open {
  [further: string]: unknown;
}

export interface TargetingContent extends Open {
  /** Absent: none. The first rule that holds decides. */
  rules?: TargetingRule[] | null;
  disabledServe: Serve;
  defaultServe: Serve;
  variations: Variation[];
  prerequisites?: Prerequisite[] | null;
}

/** Holds when all its conditions do. */
export interface SegmentRule extends Open {
  name?: string | null;
  conditions: Condition[];
}

export interface TargetingRule extends SegmentRule {
  serve: Serve;
}

export interface Condition extends Open {
  type: 'string' | 'number' | 'datetime' | 'semver' | 'segment';
  /** The user's attribute; means nothing for type `segment`. */
  subject?: string | null;
  predicate: string;
  /** Alternatives. */
  objects: string[];
  leftPredicate?: string | null;
  rightPredicate?: string | null;
  rightObjects?: string[] | null;
}

/** One variation, or a share of users each. */
export interface Serve extends Open {
  /** Position of a variation, from 0. */
  select?: number | null;
  /** A weight per variation, out of 10000. */
  split?: number[] | null;
}

export interface Variation extends Open {
  value: string;
  name?: string | null;
  description?: string | null;
}

/** Another toggle of the same environment, and the value that it must have for the user. */
export interface Prerequisite extends Open {
  key: string;
  value: string;
  type: ReturnType;
}
