/**
 * A script run by node, between the service and its database: `guardian.js PROGRAM ARGUMENTS…`.
 *
 * Its standard input is a pipe that only the service holds. The kernel closes it when the service ends, however it
 * ends, and the guardian then stops the database: so kill -9 of the service leaves no orphan on the data folder.
 * It tells the service about the database on file descriptor 3, one JSON object a line.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

const KILL_AFTER_MS = 5_000;

// Only the end of the input counts: Ctrl-C and systemd signal every process at once, and the service still needs the
// database while it drains.
for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(name, () => undefined);

const report = createWriteStream('', { fd: 3 });
report.on('error', () => undefined); // the service is gone; nobody is left to tell
const tell = (message: object): void => void report.write(`${JSON.stringify(message)}\n`);

const [program = '', ...args] = process.argv.slice(2);
const database = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });

database.once('spawn', () => tell({ pid: database.pid }));
database.once('error', (error) => {
  tell({ error: error.message });
  report.end(() => process.exit(1));
});
database.once('exit', (code, signal) => {
  tell({ exit: signal === null ? `code ${code}` : signal });
  report.end(() => process.exit(0));
});

const stop = (): void => {
  database.kill('SIGTERM');
  setTimeout(() => database.kill('SIGKILL'), KILL_AFTER_MS);
};
process.stdin.once('end', stop).once('error', stop).resume();
