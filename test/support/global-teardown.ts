import { running } from './running-database.ts';

/** Called by Jest once after all tests, in the process of the setup. */
export default async (): Promise<void> => {
  await running.database?.stop();
};
