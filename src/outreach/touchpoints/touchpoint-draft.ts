import { invalidField, type LocalizedText } from '../../platform/errors/index.js';
import { checkDraft } from './touchpoint-check.js';
import type {
  ChannelAuth,
  ParameterOptions,
  Receipts,
  TemplateParam,
  TemplateValue,
  TouchpointConfig,
  UserAttribute,
} from './touchpoint-config.js';
import { DEFAULT_USERS_PER_SECOND, TOUCHPOINT_DEFAULTS } from './touchpoint-defaults.js';
import type { TouchpointKind, TouchpointType } from './touchpoint.entity.js';
import type { UpdateTouchpointRequest } from './touchpoint-input.dto.js';
import type {
  AuthInput,
  ParameterOptionsInput,
  TemplateParamInput,
  UserAttributeInput,
} from './touchpoint-parts.dto.js';

/** All that the owners of a touchpoint say about it; its secret opened. */
export interface TouchpointDraft {
  readonly kind: TouchpointKind;
  readonly type: TouchpointType | null;
  readonly name: string;
  readonly url: string;
  /** The channel's secret or password, or the touchpoint's token; empty where there is none. */
  readonly secret: string;
  readonly config: TouchpointConfig;
}

/** An address that a touchpoint calls, and the field that has it. */
export interface NamedUrl {
  readonly field: string;
  readonly url: string;
}

const REQUIRED: LocalizedText = { en: 'is required', zh: '不能为空' };

/**
 * What a touchpoint is to be: what the request names, and for the rest what it is now, or the defaults.
 * @param current absent: a new one is made, so that the request names at least its name, kind and URL
 * @throws DomainError `field_invalid` for the first rule that is broken
 */
export function draftOf(request: UpdateTouchpointRequest, current?: TouchpointDraft): TouchpointDraft {
  if (current) refuseFixed(request, current);
  const kind = current?.kind ?? request.kind ?? 'TOUCHPOINT';
  refuseForeign(request, kind);
  const type = kind === 'CHANNEL' ? null : (current?.type ?? request.type ?? undefined);
  if (type === undefined) throw invalidField('type', REQUIRED);
  const { secret, ...ofKind } =
    kind === 'CHANNEL' ? authOf(request.auth, current) : receiptsOf(request, current);
  const draft = {
    kind,
    type,
    name: request.name ?? current?.name ?? '',
    url: request.url ?? current?.url ?? '',
    secret,
    config: { ...ofKind, ...settingsOf(request, kind, current?.config) },
  };
  checkDraft(draft);
  return draft;
}

/** Every address in it, by its field. */
export function urlsOf({ url, config }: TouchpointDraft): NamedUrl[] {
  const { receipts } = config;
  return [
    { field: 'url', url },
    ...(receipts?.mode === 'ASYNC' ? [{ field: 'receipts.url', url: receipts.url }] : []),
    ...config.templateParams.flatMap(({ options }, index) =>
      options && 'url' in options
        ? [{ field: `templateParams[${index}].options.url`, url: options.url }]
        : [],
    ),
  ];
}

function refuseFixed(request: UpdateTouchpointRequest, current: TouchpointDraft): void {
  for (const field of ['kind', 'type'] as const) {
    const wanted = request[field] ?? undefined;
    const present = current[field];
    // That a channel has no type at all is said elsewhere.
    if (wanted === undefined || present === null || wanted === present) continue;
    throw invalidField(field, {
      en: `never changes: it is ${present}`,
      zh: `不可更改：当前为 ${present}`,
    });
  }
}

/** What is meant for the other kind would go unheeded. */
function refuseForeign(request: UpdateTouchpointRequest, kind: TouchpointKind): void {
  const foreign = kind === 'CHANNEL' ? (['type', 'token', 'receipts'] as const) : (['auth'] as const);
  for (const field of foreign) {
    if ((request[field] ?? '') === '') continue;
    throw invalidField(field, { en: `is nothing that a ${kind} has`, zh: `不适用于 ${kind}` });
  }
}

function authOf(
  input: AuthInput | null | undefined,
  current: TouchpointDraft | undefined,
): { readonly auth: ChannelAuth; readonly secret: string } {
  const present = current?.config.auth ?? { type: 'NONE' };
  const presentSecret = current?.secret ?? '';
  if (!input) return { auth: present, secret: presentSecret };
  const kept = present.type === input.type ? presentSecret : '';
  switch (input.type) {
    case 'SECRET':
      return { auth: { type: 'SECRET' }, secret: needed('auth.secret', input.secret ?? kept) };
    case 'BASIC': {
      const username = input.username ?? (present.type === 'BASIC' ? present.username : '');
      if (username.includes(':')) {
        throw invalidField('auth.username', { en: 'must not contain a colon', zh: '不能包含冒号' });
      }
      return {
        auth: { type: 'BASIC', username: needed('auth.username', username) },
        secret: needed('auth.password', input.password ?? kept),
      };
    }
    case 'NONE':
      return { auth: { type: 'NONE' }, secret: '' };
  }
}

function receiptsOf(
  { token, receipts: input }: UpdateTouchpointRequest,
  current: TouchpointDraft | undefined,
): { readonly receipts: Receipts; readonly secret: string } {
  const present = current?.config.receipts ?? { mode: 'SYNC' };
  const secret = token === undefined ? (current?.secret ?? '') : (token ?? '');
  if (!input) return { receipts: present, secret };
  if (input.mode === 'SYNC') return { receipts: { mode: 'SYNC' }, secret };
  const kept = present.mode === 'ASYNC' ? present : undefined;
  const url = needed('receipts.url', input.url ?? kept?.url);
  const timeoutMinutes = needed('receipts.timeoutMinutes', input.timeoutMinutes ?? kept?.timeoutMinutes);
  return { receipts: { mode: 'ASYNC', url, timeoutMinutes }, secret };
}

/** A null says "as it is", but where it is a value of its own: no limit, no time of one's own. */
function settingsOf(
  request: UpdateTouchpointRequest,
  kind: TouchpointKind,
  current: TouchpointConfig | undefined,
): Omit<TouchpointConfig, 'auth' | 'receipts'> {
  const { userAttributes, templateParams } = request;
  const fallback = current ?? TOUCHPOINT_DEFAULTS;
  const presentRate = current
    ? current.usersPerSecond
    : kind === 'CHANNEL'
      ? DEFAULT_USERS_PER_SECOND
      : undefined;
  const rate = request.usersPerSecond === undefined ? presentRate : request.usersPerSecond;
  const retry = request.retryForMinutes === undefined ? current?.retryForMinutes : request.retryForMinutes;
  return {
    batchSize: request.batchSize ?? fallback.batchSize,
    ...given({ usersPerSecond: rate }),
    userAttributes: userAttributes?.map(toUserAttribute) ?? current?.userAttributes ?? [],
    templateParams: templateParams?.map(toTemplateParam) ?? current?.templateParams ?? [],
    timeoutMs: request.timeoutMs ?? fallback.timeoutMs,
    maxInFlight: request.maxInFlight ?? fallback.maxInFlight,
    ...given({ retryForMinutes: retry }),
  };
}

function toUserAttribute({ attribute, name, displayName, defaultValue }: UserAttributeInput): UserAttribute {
  return {
    attribute,
    name: name ?? attribute,
    ...given({ displayName, defaultValue: defaultValue as UserAttribute['defaultValue'] }),
  };
}

function toTemplateParam(input: TemplateParamInput): TemplateParam {
  const { name, displayName, type, required, options } = input;
  const defaultValue = input.defaultValue as TemplateValue | undefined;
  return {
    name,
    ...given({ displayName }),
    type,
    ...given({ required, defaultValue, options: options && toOptions(options) }),
  };
}

/** Which of the two there are is checked with the rest, see `checkDraft`. */
function toOptions({ multiple, values, url }: ParameterOptionsInput): ParameterOptions {
  const list = values?.map(({ code, name }) => ({ code, name }));
  return given({ multiple, values: list, url }) as ParameterOptions;
}

/** Only the members that have a value. */
function given<T extends object>(members: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as { [Name in keyof T]?: NonNullable<T[Name]> };
}

function needed<T>(field: string, value: T | undefined): NonNullable<T> {
  if (value === undefined || value === null || value === '') throw invalidField(field, REQUIRED);
  return value;
}
