/** How a wait for the majority ended. */
export type MajorityWait = 'reached' | 'timed out' | 'interrupted';

/** Who is the primary, since which election, and whether its writes reach a majority. */
export class Election {
  /** Index of the primary; null while there is none. */
  primary: number | null = 0;
  term = 1;
  #hasMajority = true;
  readonly #waiting = new Set<(end: MajorityWait) => void>();

  get hasMajority(): boolean {
    return this.#hasMajority;
  }

  set hasMajority(has: boolean) {
    this.#hasMajority = has;
    if (has) this.#end('reached');
  }

  /** The primary steps down or dies: what waits there for the majority is interrupted. */
  begin(): number {
    const from = this.primary;
    if (from === null) throw new Error('An election is under way');
    this.primary = null;
    this.#end('interrupted');
    return from;
  }

  decide(primary: number): void {
    this.term += 1;
    this.primary = primary;
  }

  isPrimary(member: number, term: number): boolean {
    return this.primary === member && this.term === term;
  }

  /**
   * Waits until a write is replicated to a majority, if that is wanted.
   * @param timeoutMs 0: for as long as it takes
   */
  async majority(isWanted: boolean, timeoutMs: number): Promise<MajorityWait> {
    if (!isWanted || this.#hasMajority) return 'reached';
    let timer: NodeJS.Timeout | undefined;
    let waiting: (end: MajorityWait) => void = () => {};
    try {
      return await new Promise<MajorityWait>((resolve) => {
        waiting = resolve;
        this.#waiting.add(resolve);
        if (timeoutMs > 0) timer = setTimeout(() => resolve('timed out'), timeoutMs);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  /** Lets nothing wait any longer. */
  close(): void {
    this.#end('interrupted');
  }

  #end(end: MajorityWait): void {
    for (const resolve of this.#waiting) resolve(end);
    this.#waiting.clear();
  }
}
