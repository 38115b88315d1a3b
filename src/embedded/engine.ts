/** Environment variables as the configuration hands them on: PATH to find programs, the rest for the children. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Says something about the database in the service's log. */
export type DatabaseLog = (message: string, facts?: object) => void;

export interface EngineContext {
  readonly env: Environment;
  readonly log: DatabaseLog;
  /** Where installed engines are kept, shared by all clones of this user. */
  readonly cacheDirectory: string;
  /** Folder of the built guardian and download scripts. */
  readonly scriptsDirectory: string;
  /** Try again what failed within the last day. */
  readonly retryFailed: boolean;
}

/** How an engine is started on a data folder; the folder must follow `--dbpath` or `--storage-path`. */
export interface Launch {
  readonly program: string;
  args(storage: string, port: number, cacheBytes: number): string[];
}

/** A server that speaks MongoDB's wire protocol. Its name is also its folder under `data/`, as formats differ. */
export interface Engine {
  readonly name: string;
  /** Finds or installs it; throws {@link EngineUnavailable} with what is missing. */
  prepare(context: EngineContext): Promise<Launch>;
}

/** An engine cannot be used on this machine. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
  /** It was not tried, because it failed a short while ago. */
  readonly remembered: boolean;

  constructor(message: string, options: { remembered?: boolean } = {}) {
    super(message);
    this.remembered = options.remembered ?? false;
  }
}
