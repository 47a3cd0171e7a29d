/** Documents a value that may be any JSON. An object's members and an array's entries may be anything, too. */
export const ANY_JSON = {
  nullable: true,
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number', format: 'double' },
    { type: 'boolean' },
  ],
  description: 'Any JSON value.',
};

/** An object as JSON has it: neither null nor a list. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
