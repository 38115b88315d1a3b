/** Environment variables from the configuration: PATH to find programs, the rest for child processes. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Writes a message about the database to the service's log; with `debug`, one that matters only when something is wrong. */
export type DatabaseLog = (message: string, facts?: object, level?: 'debug') => void;

export interface EngineContext {
  readonly env: Environment;
  readonly log: DatabaseLog;
  /** Installed engines, shared by all checkouts of this user. */
  readonly cacheDirectory: string;
  /** Contains the built guardian and download scripts. */
  readonly scriptsDirectory: string;
  /** Retry installs that failed within the last day. */
  readonly retryFailed: boolean;
}

/**
 * Command line of an engine. The data folder must follow `--dbpath` or `--storage-path`, by which processes are found, and the
 * port `--port`.
 */
export interface Launch {
  readonly program: string;
  args(storage: string, port: number, cacheBytes: number): string[];
}

/** A server that speaks MongoDB's wire protocol. Its name is also its data folder, because storage formats differ. */
export interface Engine {
  readonly name: string;
  /** Finds or installs it; throws {@link EngineUnavailable} with what is missing. */
  prepare(context: EngineContext): Promise<Launch>;
}

/** The engine cannot be used on this machine. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
  /** It was not tried, because it failed recently. */
  readonly remembered: boolean;

  constructor(message: string, options: { remembered?: boolean } = {}) {
    super(message);
    this.remembered = options.remembered ?? false;
  }
}
