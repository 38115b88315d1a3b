import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** Enough for what a test has closed without waiting for it; a leak stays. */
const CLOSING_MS = 5_000;
const POLL_MS = 20;
type Timer = NodeJS.Timeout & { readonly _destroyed: boolean; readonly _idleTimeout: number };

/** The part of jest-circus' events that is read. */
interface TestEvent {
  readonly name: string;
  readonly test?: { readonly errors: readonly unknown[] };
}

/** The documented `process.getActiveResourcesInfo` only counts; naming a leak takes the objects. */
const activeHandles = (): readonly object[] =>
  (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();

const describeHandle = (handle: object): string => {
  if (handle instanceof ChildProcess) return `process ${handle.spawnargs.join(' ')}`;
  if (handle instanceof Server) return `server on ${JSON.stringify(handle.address())}`;
  if (handle instanceof Socket) return `socket from port ${handle.localPort} to port ${handle.remotePort}`;
  return handle.constructor.name;
};

/**
 * Fails a test file that leaves a server, socket, process, thread or timer open. A file with a failed test may: the test
 * did not reach its end, and an error here would hide why.
 */
export default class extends NodeEnvironment {
  #before: ReadonlySet<object> = new Set();
  #hasFailed = false;
  readonly #timers = new Set<Timer>();
  readonly #workers = new Set<Worker>();

  override async setup(): Promise<void> {
    await super.setup();
    this.#before = new Set(activeHandles());
    process.on('worker', this.#onWorker);
    this.#track('setTimeout');
    this.#track('setInterval');
  }

  async handleTestEvent({ name, test }: TestEvent): Promise<void> {
    if (name === 'test_done' && test !== undefined && test.errors.length > 0) this.#hasFailed = true;
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    const deadline = performance.now() + CLOSING_MS;
    let left: string[];
    do {
      // First, as a worker thread is announced a moment after it was created.
      await new Promise((next) => setTimeout(next, POLL_MS));
      left = this.#leftOpen();
    } while (left.length > 0 && performance.now() < deadline);
    process.off('worker', this.#onWorker);
    if (left.length > 0 && !this.#hasFailed) throw new Error(`The test file left open: ${left.join(', ')}.`);
  }

  readonly #onWorker = (worker: Worker): void => {
    this.#workers.add(worker);
    worker.once('exit', () => this.#workers.delete(worker));
  };

  /** Jest has timers of its own in this process, so a test's are recorded where they are created. */
  #track(name: 'setTimeout' | 'setInterval'): void {
    const original = this.global[name] as (...args: unknown[]) => Timer;
    let enough = 1_000;
    const tracking = (...args: unknown[]): Timer => {
      const timer = original(...args);
      if (this.#timers.size >= enough) {
        for (const one of this.#timers) if (!isPending(one)) this.#timers.delete(one);
        enough = Math.max(enough, 2 * this.#timers.size);
      }
      this.#timers.add(timer);
      return timer;
    };
    Object.defineProperties(tracking, Object.getOwnPropertyDescriptors(original));
    Object.assign(this.global, { [name]: tracking });
  }

  #leftOpen(): string[] {
    // Those of the worker itself are created when something is first written to them.
    const own: readonly object[] = [process.stdout, process.stderr];
    const handles = activeHandles().filter((handle) => !this.#before.has(handle) && !own.includes(handle));
    return [
      ...handles.map(describeHandle),
      ...[...this.#workers].map(({ threadId }) => `worker thread ${threadId}`),
      ...[...this.#timers].filter(isPending).map(({ _idleTimeout }) => `timer of ${_idleTimeout} ms`),
    ];
  }
}

const isPending = (timer: Timer): boolean => !timer._destroyed && timer.hasRef();
