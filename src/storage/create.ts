import { createLocalStorage } from './local.ts';
import type { Storage, StorageConfig } from './storage.ts';

/** The storage that the configuration names; opens nothing before its first use. */
export const createStorage = async (config: StorageConfig): Promise<Storage> => {
  if (config.kind === 'local') return createLocalStorage(config.directory);
  // Loaded only where it is used: the SDK is larger than all the rest.
  const { createS3Storage } = await import('./s3.ts');
  return createS3Storage(config);
};
