/**
 * The reasons of evaluations, which SDKs and people read: they are FeatureProbe's (evaluation, section 3), whose checks
 * look for `not exist`, `not initialized`, `disabled`, `rule N`, `default`, `type mismatch`, `prerequisite not exist` and
 * `prerequisite depth overflow` in them.
 */
export const REASONS = {
  notInitialized: 'not initialized.',
  toggleNotExist: (key: string) => `toggle not exist: ${key}.`,
  disabled: 'disabled.',
  disabledBy: (failure: string) => `disabled. ${failure}`,
  rule: (index: number) => `rule ${index}`,
  default: 'default.',
  defaultAfter: (warning: string) => `default. ${warning}`,
  typeMismatch: (wanted: string) => `type mismatch: the value is no ${wanted}.`,
  prerequisiteNotExist: (key: string) => `prerequisite not exist: ${key}.`,
  prerequisiteNotMatch: (key: string) => `prerequisite not match: ${key}.`,
  prerequisiteDepthOverflow: 'prerequisite depth overflow.',
  /** A condition of the last rule looked at needs it. */
  attributeMissing: (user: string, attribute: string) =>
    `warning: user with key '${user}' does not have attribute name '${attribute}'`,
  /** The same of a roll-out, which FeatureProbe writes so. */
  bucketAttributeMissing: (user: string, attribute: string) =>
    `Warning: User with key '${user}' does not have attribute name '${attribute}'`,
} as const;
