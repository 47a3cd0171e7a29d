import type { LocalizedText } from '../../platform/errors/index.js';
import type { Prerequisite, ToggleReturnType, Variation } from '../../targeting-rules/index.js';

/** What must be known of a toggle to depend on it in an environment. */
export interface PrerequisiteToggle {
  readonly key: string;
  readonly returnType: ToggleReturnType;
  readonly archived: boolean;
  /** Those it has in the environment. */
  readonly variations: readonly Variation[];
}

/** One thing that is wrong with a prerequisite: the member it is about, and what, in words that read on after the field's name. */
export interface PrerequisiteProblem {
  readonly member: 'key' | 'type' | 'value';
  readonly text: LocalizedText;
}

/** Longest piece of submitted text that a message repeats. */
const MAX_QUOTED = 60;

/** Checks a prerequisite against the toggle it names, which is undefined where there is none. What would never be met is refused. */
export function problemWith(
  prerequisite: Prerequisite,
  toggle: PrerequisiteToggle | undefined,
): PrerequisiteProblem | undefined {
  const key = quoted(prerequisite.key);
  if (!toggle || toggle.archived) {
    return problem(
      'key',
      `names no toggle of this project that is in use: ${key}`,
      `引用的开关不存在或已归档：${key}`,
    );
  }
  if (prerequisite.type !== toggle.returnType) {
    return problem(
      'type',
      `must be ${toggle.returnType}, as the toggle ${key} is`,
      `必须与开关 ${key} 的类型 ${toggle.returnType} 一致`,
    );
  }
  if (!toggle.variations.some(({ value }) => value === prerequisite.value)) {
    const value = quoted(prerequisite.value);
    return problem(
      'value',
      `must be the value of one of the variations of ${key} in this environment, not ${value}`,
      `必须是开关 ${key} 在当前环境中某个分组的值，而不是 ${value}`,
    );
  }
  return undefined;
}

function problem(member: PrerequisiteProblem['member'], en: string, zh: string): PrerequisiteProblem {
  return { member, text: { en, zh } };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
