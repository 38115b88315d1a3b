/**
 * Script run by node, between the service and its database: `guardian.js PROGRAM ARGUMENTS…`.
 *
 * Its standard input is a pipe from the service. The kernel closes it when the service ends, even after kill -9, and
 * the guardian then stops the database, so no orphan keeps using the data folder.
 * It reports on the database through file descriptor 3, one JSON object per line.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

const KILL_AFTER_MS = 5_000;

// Only the end of stdin stops it: Ctrl-C and systemd signal every process at once, and the service still needs the
// database while it drains.
for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(name, () => undefined);

const reports = createWriteStream('', { fd: 3 });
reports.on('error', () => undefined); // the service has ended
const report = (message: object): void => void reports.write(`${JSON.stringify(message)}\n`);

const [program = '', ...args] = process.argv.slice(2);
const database = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });

database.once('spawn', () => report({ pid: database.pid }));
database.once('error', (error) => {
  report({ error: error.message });
  reports.end(() => process.exit(1));
});
database.once('exit', (code, signal) => {
  report({ exit: signal === null ? `code ${code}` : signal });
  reports.end(() => process.exit(0));
});

const stop = (): void => {
  database.kill('SIGTERM');
  setTimeout(() => database.kill('SIGKILL'), KILL_AFTER_MS);
};
process.stdin.once('end', stop).once('error', stop).resume();
