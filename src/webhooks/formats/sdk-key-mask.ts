import { toWireJson, type Change, type DomainEvent } from '../../events/index.js';

const MASK = '****';

/** How much of a key stays readable, enough to tell one from another. */
const SHOWN_CHARACTERS = 4;

/** In a JSON string every quote has a backslash before it, so this finds members alone, never text that looks like one. */
const SDK_KEY_MEMBER = /"(serverSdkKey|clientSdkKey)":("(?:[^"\\]|\\.)*")/g;

/** The path of a change that concerns just such a member. */
const SDK_KEY_PATH = /\/(serverSdkKey|clientSdkKey)$/;

/** Whether the data of such an event may hold SDK keys. */
export function carriesSdkKeys({ resource }: Pick<DomainEvent, 'resource'>): boolean {
  return resource === 'PROJECT' || resource === 'ENVIRONMENT';
}

/** The same JSON text with every SDK key cut to its last four characters. */
export function maskSdkKeys(dataJson: string): string {
  return dataJson.replace(SDK_KEY_MEMBER, (_member, name: string, value: string) => {
    const key = JSON.parse(value) as string;
    return `"${name}":${JSON.stringify(maskedKey(key))}`;
  });
}

/** The same changes with every SDK key cut to its last four characters. */
export function maskSdkKeysIn(changes: readonly Change[]): Change[] {
  return changes.map((change) => {
    const masked = SDK_KEY_PATH.test(change.path) ? maskedText : maskedMembers;
    return {
      path: change.path,
      ...('from' in change ? { from: masked(change.from) } : {}),
      ...('to' in change ? { to: masked(change.to) } : {}),
    };
  });
}

function maskedKey(key: string): string {
  return MASK + key.slice(-SHOWN_CHARACTERS);
}

function maskedText(value: unknown): unknown {
  return typeof value === 'string' ? maskedKey(value) : value;
}

function maskedMembers(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(maskSdkKeys(toWireJson(value))) : value;
}
