/** `node dist/orphans.js`: compares the database and the outputs, as after a restore (docs/operations.md). */
import { join, resolve } from 'node:path';
import dotenv from 'dotenv';
import { loadConfig } from './config.ts';
import { connect } from './database/connect.ts';
import { startEmbedded } from './embedded/embedded.ts';
import { findOrphans } from './orphans/find.ts';
import { createModels } from './requests/models.ts';
import { startupError } from './startup.ts';
import { createStorage } from './storage/create.ts';
import { listOutputs } from './storage/list.ts';

const HELP = `Usage: node dist/orphans.js [--remove-files]

Lists, one JSON object a line, outputs that no image of the database has ("kind":"file"), and completed images whose
output is missing ("kind":"image"). Reads the settings of the service, .env included. Deletes nothing.

  --remove-files  delete the outputs that no image has

Exit code: 0 when nothing was found or all of it was removed, 1 when something was, 2 when it could not be done.
With the embedded database, stop the service first.
`;

const print = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((written) => stream.write(text, () => written()));

const run = async (removesFiles: boolean): Promise<number> => {
  const config = loadConfig(process.env);
  try {
    const embedded =
      config.mongodbUri === null
        ? await startEmbedded({
            dataDirectory: resolve(config.dataDirectory),
            guardianFile: join(import.meta.dirname, 'embedded', 'guardian.js'),
            log: () => {},
          })
        : null;
    try {
      const connection = await connect(config.mongodbUri ?? embedded?.uri ?? '', () => {});
      const storage = await createStorage(config.storage);
      const models = createModels(connection);
      const counts = { file: 0, image: 0, removed: 0 };
      for await (const orphan of findOrphans({ models, storage, list: () => listOutputs(config.storage) })) {
        counts[orphan.kind] += 1;
        const removed = removesFiles && orphan.kind === 'file';
        if (removed) await storage.remove(orphan.name);
        if (removed) counts.removed += 1;
        await print(process.stdout, `${JSON.stringify({ ...orphan, ...(removed && { removed }) })}\n`);
      }
      await connection.close();
      await print(
        process.stderr,
        `${counts.file} outputs without an image, ${counts.removed} of them removed; ${counts.image} outputs of completed images are missing.\n`,
      );
      return counts.file > counts.removed || counts.image > 0 ? 1 : 0;
    } finally {
      await embedded?.stop();
    }
  } catch (error) {
    await print(process.stderr, `${startupError(error, config)}\n`);
    return 2;
  }
};

const main = async (options: readonly string[]): Promise<number> => {
  if (options.includes('--help') || options.includes('-h')) {
    await print(process.stdout, HELP);
    return 0;
  }
  if (options.some((option) => option !== '--remove-files')) {
    await print(process.stderr, HELP);
    return 2;
  }
  try {
    return await run(options.includes('--remove-files'));
  } catch (error) {
    await print(process.stderr, `${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
};

dotenv.config({ quiet: true });
process.exit(await main(process.argv.slice(2)));
