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
  fields_invalid: invalid('{problems}', '{problems}'),
  request_malformed: invalid('The request is not valid HTTP', '请求不是合法的 HTTP'),
  url_malformed: invalid('The URL is not validly percent-encoded', 'URL 的百分号编码不合法'),
  body_malformed: invalid('The request body is not valid JSON', '请求体不是合法的 JSON'),
  body_too_deep: invalid('The request body nests deeper than {limit} levels', '请求体的嵌套超过 {limit} 层'),
  body_unreadable: invalid(
    'The request body broke off, or could not be unzipped',
    '请求体中途中断，或无法解压',
  ),
  request_conflict: invalid('Request conflict, please try again', '请求冲突，请重试'),
  resource_in_use: invalid('This resource is being used', '该资源正在被使用'),
  invalid_old_password: invalid('Invalid old password', '旧密码错误'),
  approval_required: invalid(
    'This environment requires an approval: submit one instead of publishing directly',
    '该环境已开启审批，请提交审批而不是直接发布',
  ),
  approval_disabled: invalid('Approval is not enabled.', '审批未启用'),
  approval_repeat: invalid('toggle already under approval', '开关已处于审批中'),
  approval_missing: invalid(
    'No approval of this toggle is under way in this environment',
    '该开关在该环境中没有进行中的审批',
  ),
  approval_transition: invalid(
    '{action} is not possible: the approval is at {status}',
    '无法执行 {action}：审批状态为 {status}',
  ),
  approval_reviewer: invalid(
    'Only a reviewer of this approval may pass or reject it',
    '只有该审批的审批人可以通过或拒绝',
  ),
  approval_locked: invalid(
    'Approvals are under way in environment {key}: publish or cancel them before disabling approval',
    '环境 {key} 有进行中的审批，请先发布或取消后再关闭审批',
  ),
  campaign_invalid: invalid('The campaign cannot go online: {problems}', '活动无法上线：{problems}'),
  touchpoint_enabled: invalid(
    'A touchpoint is edited and deleted only while it is disabled',
    '触点须先禁用才能编辑或删除',
  ),
  touchpoint_in_use: invalid(
    'Campaigns use this touchpoint: {campaigns}. Close them first',
    '以下活动正在使用该触点：{campaigns}，请先关闭',
  ),
  options_unavailable: invalid(
    'The values of {param} are not to be had: {reason}',
    '无法获取参数 {param} 的枚举值：{reason}',
  ),
  campaign_transition: invalid(
    '{action} is not possible: the campaign is {status}',
    '无法执行 {action}：活动状态为 {status}',
  ),
  metric_event_name_required: invalid(
    'eventName is required of a metric of CUSTOM events',
    'CUSTOM 事件的指标必须提供 eventName',
  ),
  metric_event_url_required: invalid(
    'matcher and url are required of a metric of PAGE_VIEW or CLICK events',
    'PAGE_VIEW 和 CLICK 事件的指标必须提供 matcher 和 url',
  ),
  metric_event_selector_required: invalid(
    'selector is required of a metric of CLICK events',
    'CLICK 事件的指标必须提供 selector',
  ),
  metric_win_criteria_required: invalid(
    'winCriteria is required of a metric that is no CONVERSION',
    '非 CONVERSION 类型的指标必须提供 winCriteria',
  ),
  metric_regex_invalid: invalid('url is no regular expression that compiles', 'url 不是合法的正则表达式'),
  dependency_cycle: invalid('Toggle exist dependency cycle: {path}', '开关之间存在循环依赖：{path}'),
  dependency_too_deep: invalid(
    'Dependency depth exceeds maximum limit: a chain of dependencies may have {limit} toggles',
    '依赖深度超过最大限制：一条依赖链最多 {limit} 个开关',
  ),
  webhook_url_illegal: invalid('WebHook URL is illegal: {reason}', 'WebHook URL 不合法：{reason}'),
  endpoint_inactive: invalid(
    'The webhook of this delivery is disabled or deleted, so nothing can be sent to it',
    '该投递的 WebHook 已停用或删除，无法发送',
  ),
  delivery_not_repeatable: invalid(
    "This delivery is not a webhook's: it belongs to a touchpoint, whose users a repeat would reach twice",
    '该投递不属于 WebHook，而属于触点；重发会重复触达用户',
  ),
  delivery_without_body: invalid(
    'The body of this delivery could not be made, so there is nothing to send again; its lastError says why',
    '该投递的请求体未能生成，无可重发；原因见 lastError',
  ),
  webhook_disabled: invalid(
    'The webhook is disabled: enable it first, then replay',
    'WebHook 已停用：请先启用，再重放',
  ),
  replay_running: {
    status: 400,
    code: 'conflict',
    en: 'Replay {id} of this webhook is running: wait for its end or cancel it',
    zh: '该 WebHook 的重放 {id} 正在进行：请等待其结束或将其取消',
  },
  replay_too_large: invalid(
    'More than {limit} single events would have to be replayed: choose a shorter time, or replay all of it',
    '需要单独重放的事件超过 {limit} 个：请缩短时间范围，或全部重放',
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
  /** FeatureProbe's UI offers to make an organization by the status alone. */
  organization_needed: { status: 412, code: 'forbidden', en: 'Forbidden', zh: '无权限' },
  unauthorized: { status: 401, code: 'unauthorized', en: 'Unauthorized', zh: '未登录' },
  internal_token_wrong: {
    status: 401,
    code: 'unauthorized',
    en: 'The internal token is missing or wrong: give it as header X-Internal-Token or query parameter token',
    zh: '内部令牌缺失或错误：请通过请求头 X-Internal-Token 或查询参数 token 提供',
  },
  forbidden: { status: 403, code: 'forbidden', en: 'Forbidden', zh: '无权限' },
  route_not_found: {
    status: 404,
    code: 'not_found',
    en: 'No such route: {method} {path}',
    zh: '没有该接口：{method} {path}',
  },
  sdk_key_unknown: {
    status: 404,
    code: 'not_found',
    en: 'No live environment has this SDK key',
    zh: '没有使用该 SDK 密钥的环境',
  },
  /** Of reports; FeatureProbe answers them 400, where it answers 404 to who asks for toggles. */
  reporter_unknown: {
    status: 400,
    code: 'not_found',
    en: 'No live environment has this SDK key',
    zh: '没有使用该 SDK 密钥的环境',
  },
  request_timeout: {
    status: 408,
    code: 'request_timeout',
    en: 'The request did not arrive in time',
    zh: '请求未能及时到达',
  },
  url_too_long: {
    status: 414,
    code: 'uri_too_long',
    en: 'A part of the URL is too long',
    zh: 'URL 的一部分过长',
  },
  headers_too_large: {
    status: 431,
    code: 'headers_too_large',
    en: 'The URL and headers of the request are too large',
    zh: '请求的 URL 和请求头过大',
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
  database_unavailable: {
    status: 503,
    code: 'unavailable',
    en: 'The database does not answer now, please try again shortly',
    zh: '数据库暂时无法访问，请稍后重试',
  },
  server_stopping: {
    status: 503,
    code: 'unavailable',
    en: 'The server is stopping: what it read so far is done, please send all of it again shortly',
    zh: '服务正在停止：已读取的部分已处理，请稍后重新发送全部内容',
  },
  database_full: {
    status: 507,
    code: 'storage_full',
    en: 'The disk of the database is full; nothing was changed, please try again once there is room',
    zh: '数据库所在磁盘已满，未做任何更改，请在腾出空间后重试',
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
  access_token: { en: 'Access Token', zh: '访问令牌' },
  dictionary: { en: 'Dictionary', zh: '字典' },
  webhook: { en: 'WebHook', zh: 'WebHook' },
  delivery: { en: 'Delivery', zh: '投递' },
  replay: { en: 'Replay', zh: '重放' },
  event: { en: 'Event', zh: '事件' },
  metric: { en: 'Metric', zh: '指标' },
  touchpoint: { en: 'Touchpoint', zh: '触点' },
  template_param: { en: 'Template parameter', zh: '模板参数' },
  campaign: { en: 'Campaign', zh: '运营活动' },
  profile: { en: 'Profile', zh: '用户' },
} as const;

export type ResourceName = keyof typeof RESOURCE_NAMES;
