/** A campaign that stands in the way of a change to a touchpoint. */
export interface Holder {
  readonly id: number;
  readonly name: string;
  readonly projectKey: string;
  readonly status: string;
}

/** Which campaigns use a touchpoint. Implemented by `campaigns`. */
export abstract class TouchpointUsage {
  /** Those that are running, paused, not started, waiting to be published or in approval. Asked inside the open unit. */
  abstract holdersOf(touchpointId: number): Promise<Holder[]>;

  /** The same, narrowed to campaigns of these projects. */
  abstract holdersIn(touchpointId: number, projectIds: readonly number[]): Promise<Holder[]>;
}
