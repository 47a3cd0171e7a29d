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
