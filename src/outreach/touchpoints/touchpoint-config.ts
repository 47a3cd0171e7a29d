/** How a request to a channel says who sends it. Its secret or password is not here: it is kept sealed. */
export type ChannelAuth =
  | { readonly type: 'SECRET' }
  | { readonly type: 'BASIC'; readonly username: string }
  | { readonly type: 'NONE' };

/** How a touchpoint tells what came of each user. */
export type Receipts =
  | { readonly mode: 'SYNC' }
  | { readonly mode: 'ASYNC'; readonly url: string; readonly timeoutMinutes: number };

/** An attribute of each user that goes into the request. */
export interface UserAttribute {
  /** A profile's attribute, or `gid` or `userId`. */
  readonly attribute: string;
  /** What it is called in the request. */
  readonly name: string;
  readonly displayName?: string;
  /** Sent where the user has no value, or an empty one. */
  readonly defaultValue?: string | number | boolean;
}

export const PARAMETER_TYPES = ['TEXT', 'NUMBER', 'INTEGER', 'DATE', 'ENUM'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Where the values of an `ENUM` come from: by hand, or from an API of the customer's. */
export type ParameterOptions =
  | {
      readonly multiple?: boolean;
      readonly values: readonly { readonly code: string; readonly name: string }[];
    }
  | { readonly multiple?: boolean; readonly url: string };

/** A value that a marketer fills in for each campaign. */
export interface TemplateParam {
  readonly name: string;
  readonly displayName?: string;
  readonly type: ParameterType;
  readonly required?: boolean;
  /** Sent where the campaign gives none. */
  readonly defaultValue?: TemplateValue;
  /** Of an `ENUM`. */
  readonly options?: ParameterOptions;
}

/** One code or text, or the several codes of a multiple choice. */
export type TemplateValue = string | number | boolean | readonly string[];

/** Everything about a touchpoint but its name, its address and its secret. */
export interface TouchpointConfig {
  /** Of a channel. */
  readonly auth?: ChannelAuth;
  /** Of a touchpoint. */
  readonly receipts?: Receipts;
  /** Users in one request, at most. */
  readonly batchSize: number;
  /** Absent: no limit. */
  readonly usersPerSecond?: number;
  readonly userAttributes: readonly UserAttribute[];
  readonly templateParams: readonly TemplateParam[];
  /** One deadline for a whole try, milliseconds. */
  readonly timeoutMs: number;
  /** Requests on the way at once, at the most. */
  readonly maxInFlight: number;
  /** A request that fails is tried again for this long; absent: see `defaultRetryForMs`. Minutes. */
  readonly retryForMinutes?: number;
}
