import { running } from './running-database.ts';

/** Jest calls it once after all tests, in the process that ran the setup. */
export default async (): Promise<void> => {
  await running.database?.stop();
};
