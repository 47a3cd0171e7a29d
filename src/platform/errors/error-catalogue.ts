/**
 * Every error Flagpost answers with, in one place: its HTTP status, the `code` that clients branch on, and the message in
 * English and Chinese. The codes and most English texts are FeatureProbe's; clients show the message and branch on the code.
 * `{name}` in a text is filled from the error's parameters.
 */
export interface ErrorDefinition {
  readonly status: number;
  readonly code: string;
  readonly en: string;
  readonly zh: string;
}

const invalid = (en: string, zh: string): ErrorDefinition => ({
  status: 400,
  code: 'invalid_request',
  en,
  zh,
});

export const ERRORS = {
  resource_not_found: {
    status: 400,
    code: 'not_found',
    en: '{resource} {key} not found',
    zh: '{resource} {key} 不存在',
  },
  resource_exists: {
    status: 400,
    code: 'conflict',
    en: 'This resource already exists, please modify',
    zh: '该资源已存在，请修改',
  },
  limit_reached: {
    status: 400,
    code: 'overflow',
    en: '{resource} reached the limit',
    zh: '{resource}已达上限',
  },
  field_invalid: invalid('{field} {problem}', '{field} {problem}'),
  body_malformed: invalid('The request body is not valid JSON', '请求体不是合法的 JSON'),
  body_too_deep: invalid('The request body nests deeper than {limit} levels', '请求体的嵌套超过 {limit} 层'),
  request_conflict: invalid('Request conflict, please try again', '请求冲突，请重试'),
  resource_in_use: invalid('This resource is being used', '该资源正在被使用'),
  invalid_old_password: invalid('Invalid old password', '旧密码错误'),
  approval_required: invalid(
    'This environment requires an approval: submit one instead of publishing directly',
    '该环境已开启审批，请提交审批而不是直接发布',
  ),
  webhook_url_illegal: invalid('WebHook URL is illegal: {reason}', 'WebHook URL 不合法：{reason}'),
  endpoint_inactive: invalid(
    'The webhook of this delivery is disabled or deleted, so nothing can be sent to it',
    '该投递的 WebHook 已停用或删除，无法发送',
  ),
  last_owner: invalid(
    'The last owner of the organization cannot be removed or demoted',
    '不能移除或降级组织的最后一位所有者',
  ),
  organization_missing: {
    status: 400,
    code: 'bad_request',
    en: 'No OrganizationID supplied',
    zh: '缺少 OrganizationID',
  },
  unauthorized: { status: 401, code: 'unauthorized', en: 'Unauthorized', zh: '未登录' },
  forbidden: { status: 403, code: 'forbidden', en: 'Forbidden', zh: '无权限' },
  route_not_found: {
    status: 404,
    code: 'not_found',
    en: 'No such route: {method} {path}',
    zh: '没有该接口：{method} {path}',
  },
  body_too_large: {
    status: 413,
    code: 'payload_too_large',
    en: 'The request body is over the limit of {limit} bytes',
    zh: '请求体超过 {limit} 字节的上限',
  },
  too_many_attempts: {
    status: 429,
    code: 'too_many_requests',
    en: 'Too many failed attempts, try again in {seconds} seconds',
    zh: '失败次数过多，请在 {seconds} 秒后重试',
  },
  internal: { status: 500, code: 'internal_error', en: 'Internal error {id}', zh: '内部错误 {id}' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorKey = keyof typeof ERRORS;

/** Names of resources as they appear inside messages. */
export const RESOURCE_NAMES = {
  project: { en: 'Project', zh: '项目' },
  environment: { en: 'Environment', zh: '环境' },
  toggle: { en: 'Toggle', zh: '开关' },
  targeting: { en: 'Targeting', zh: '开关规则' },
  segment: { en: 'Segment', zh: '人群' },
  member: { en: 'Member', zh: '成员' },
  webhook: { en: 'WebHook', zh: 'WebHook' },
  delivery: { en: 'Delivery', zh: '投递' },
  event: { en: 'Event', zh: '事件' },
} as const;

export type ResourceName = keyof typeof RESOURCE_NAMES;
