/** Why something stored can't be evaluated: SDKs could not read it, and with it nothing else of the document. */
export class Undeliverable extends Error {}
