/** What a campaign's owners ask of its runs. Implemented by `runs`. */
export abstract class RunControl {
  /** Looks for work now; may be lost, a sweep finds it. To be called after the commit. */
  abstract wake(): void;

  /** Whether a run of it has not come to its end (its phase is not `DONE`). Asked inside the open unit. */
  abstract isBusy(campaignId: number): Promise<boolean>;

  /** Nothing more is sent: what has not gone out is canceled, receipts that are still awaited are given up. Needs an open unit. */
  abstract close(campaignId: number, reason: string): Promise<void>;
}
