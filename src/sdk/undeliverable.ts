/** Why SDKs can't be given something: they could not read it, and with it nothing else of the document. */
export class Undeliverable extends Error {}
