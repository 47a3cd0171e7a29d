/** Lets one task in at a time, in the order of their coming. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` when all before it have ended, however they ended. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task, task);
    this.#last = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}
