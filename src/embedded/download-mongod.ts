/**
 * A script run by node: downloads a `mongod` into `MONGOMS_DOWNLOAD_DIR`, or finds it there, and prints its path as
 * the last line. A process of its own, because the download cannot be cancelled and its settings are environment
 * variables.
 */
import { MongoBinary } from 'mongodb-memory-server-core/lib/util/MongoBinary.js';

try {
  process.stdout.write(`\n${await MongoBinary.getPath()}\n`);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
