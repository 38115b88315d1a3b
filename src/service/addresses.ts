import type { Config } from '../config.ts';
import type { RequestRecord } from '../requests/types.ts';
import type { Storage } from '../storage/storage.ts';

export type Addresses = ReturnType<typeof createAddresses>;

/**
 * The URLs that this service gives out.
 * @param port the one that is listened on, as soon as it is known
 */
export const createAddresses = (config: Config, storage: Pick<Storage, 'publicUrl'>, port: () => number) => {
  const own = (): string => config.publicUrl ?? `http://localhost:${port()}`;
  return {
    /** Without a slash at its end. */
    own,
    output: (name: string): string => storage.publicUrl(name) ?? `${own()}/processed_images/${name}`,
    samples: (): string => `${own()}/samples/`,
    /** A worker without PUBLIC_URL knows no address that serves the API; the instance that took the upload does. */
    ofRequest: (request: RequestRecord): string => config.publicUrl ?? request.webhook?.servedAt ?? own(),
  };
};
