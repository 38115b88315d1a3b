import { createLocalStorage } from './local.ts';
import type { Storage, StorageConfig } from './storage.ts';

/** The storage that the configuration names; opens nothing before its first use. */
export const createStorage = (config: StorageConfig): Storage => createLocalStorage(config.directory);
