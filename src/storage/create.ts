import { createLocalStorage } from './local.ts';
import type { Storage, StorageConfig } from './storage.ts';

/** Creates the configured storage; nothing is opened before its first use. */
export const createStorage = async (config: StorageConfig): Promise<Storage> => {
  if (config.kind === 'local') return createLocalStorage(config.directory);
  // Loaded only if needed: the SDK is larger than everything else.
  const { createS3Storage } = await import('./s3.ts');
  return createS3Storage(config);
};
