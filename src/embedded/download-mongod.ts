/**
 * Script run by node: finds or downloads a `mongod` in `MONGOMS_DOWNLOAD_DIR` and prints its path as the last line.
 * It is a separate process because the download cannot be cancelled and is configured by environment variables.
 */
import { MongoBinary } from 'mongodb-memory-server-core/lib/util/MongoBinary.js';

try {
  process.stdout.write(`\n${await MongoBinary.getPath()}\n`);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
