/**
 * What an endpoint is for, which says whose it is: `WEBHOOK` gets events; `REACH` users of an audience; `RECEIPT` is asked what came of
 * them. Never changes.
 */
export type EndpointKind = 'WEBHOOK' | 'REACH' | 'RECEIPT';
