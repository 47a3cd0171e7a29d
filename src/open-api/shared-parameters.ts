import type { Operation } from './document-parts.js';

type Parameters = NonNullable<Operation['parameters']>;
type Parameter = Extract<Parameters[number], { name: string }>;

/** Which organization a call is about. */
export const ORGANIZATION_HEADER: Parameter = {
  name: 'X-OrganizeID',
  in: 'header',
  required: false,
  description:
    'The `organizeId` of the login. Calls with an access token need none: a token is of one organization.',
  schema: { type: 'string', example: '1' },
};

/** Names that stand in many paths, with what they are. */
const KEYS: Readonly<Record<string, { readonly description: string; readonly example: string }>> = {
  projectKey: { description: 'Key of a project, whatever its case.', example: 'shop' },
  environmentKey: { description: 'Key of an environment, whatever its case.', example: 'online' },
  toggleKey: { description: 'Key of a toggle, whatever its case.', example: 'new_checkout' },
  segmentKey: { description: 'Key of a segment, whatever its case.', example: 'vip' },
};

/** The parameters of an operation with those that its path has, in the path's order and first. */
export function pathParameters(path: string, declared: Parameters): Parameters {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const found = (name: string): Parameter | undefined =>
    declared.find((each): each is Parameter => 'in' in each && each.in === 'path' && each.name === name);
  const ofPath = names.map((name) =>
    withKey(found(name) ?? { name, in: 'path', schema: { type: 'string' } }),
  );
  return [...ofPath, ...declared.filter((each) => !('in' in each) || each.in !== 'path')];
}

function withKey(parameter: Parameter): Parameter {
  const { description, example } = KEYS[parameter.name] ?? {};
  return { ...(description && { description, example }), ...parameter, required: true };
}
