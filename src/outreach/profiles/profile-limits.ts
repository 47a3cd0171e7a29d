/** The highest gid that a caller may choose. */
export const MAX_GID = Number.MAX_SAFE_INTEGER;

/** Gids that are given out stay below this; chosen ones from here on don't move the sequence, or one of them could end it. */
export const GIDS_END = 2 ** 52;

/** Characters of a user's id; the column's width. */
export const MAX_USER_ID_LENGTH = 255;

/** Characters of an attribute's or an event's name. */
export const MAX_NAME_LENGTH = 128;

/** Characters of an attribute that is text. */
export const MAX_VALUE_LENGTH = 4096;

/** Attributes of one profile. */
export const MAX_ATTRIBUTES = 200;

/** Characters that a profile's attributes have as JSON: what a thousand profiles take in memory follows from it. */
export const MAX_ATTRIBUTES_LENGTH = 65_536;

/** Events that one call may track. */
export const MAX_EVENTS = 1000;

/** Characters that an event's value, and its attributes, have as JSON. */
export const MAX_EVENT_JSON_LENGTH = 16_384;

/** The latest instant that a date can be, epoch milliseconds. */
export const MAX_INSTANT = 8.64e15;
