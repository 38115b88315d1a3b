import { connect } from '../../src/database/connect.ts';
import { running } from './running-database.ts';

/** Removes what tests have left on a given server; most drop their database themselves. */
const dropDatabases = async ({ uri, prefix }: { uri: string; prefix: string }): Promise<void> => {
  const connection = await connect(uri, () => undefined);
  try {
    const client = connection.getClient();
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
    for (const { name } of databases) if (name.startsWith(prefix)) await client.db(name).dropDatabase();
  } finally {
    await connection.close();
  }
};

/** Called by Jest once after all tests, in the process of the setup. */
export default async (): Promise<void> => {
  await running.database?.stop();
  if (running.given !== undefined) await dropDatabases(running.given);
};
