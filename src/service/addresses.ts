import type { Config } from '../config.ts';
import type { RequestRecord } from '../requests/types.ts';
import type { Storage } from '../storage/storage.ts';

export type Addresses = ReturnType<typeof createAddresses>;

/**
 * The public URLs of this service.
 * @param port the port listened on, once known
 * @param outputPath gives a path in place of the URL of an output
 */
export const createAddresses = (
  config: Config,
  storage: Pick<Storage, 'publicUrl'>,
  port: () => number,
  outputPath?: (name: string) => string,
) => {
  const own = (): string => config.publicUrl ?? `http://localhost:${port()}`;
  return {
    /** Without a trailing slash. */
    own,
    output: (name: string): string =>
      outputPath?.(name) ?? storage.publicUrl(name) ?? `${own()}/processed_images/${name}`,
    samples: (): string => `${own()}/samples/`,
    /** A worker without PUBLIC_URL has no API address of its own; the instance that received the upload does. */
    ofRequest: (request: RequestRecord): string => config.publicUrl ?? request.webhook?.servedAt ?? own(),
  };
};
