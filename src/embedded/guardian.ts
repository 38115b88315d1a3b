/**
 * Script run by node, between the service and its database: `guardian.js PROGRAM ARGUMENTS…`.
 *
 * Its standard input is a pipe from the service. The kernel closes it when the service ends, even after kill -9, and
 * the guardian then stops the database, so no orphan keeps using the data folder.
 * It reports on the database through file descriptor 3, one JSON object per line. Descriptor 4 holds the lock on the data folder
 * and is passed on to the database.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { connect } from 'node:net';

const KILL_AFTER_MS = 5_000;
const WAKE_EVERY_MS = 50;

// Only the end of stdin stops it: Ctrl-C and systemd signal every process at once, and the service still needs the
// database while it drains.
for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(name, () => undefined);

const reports = createWriteStream('', { fd: 3 });
reports.on('error', () => undefined); // the service has ended
const report = (message: object): void => void reports.write(`${JSON.stringify(message)}\n`);

const [program = '', ...args] = process.argv.slice(2);
const database = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 4], windowsHide: true });

database.once('spawn', () => report({ pid: database.pid }));
database.once('error', (error) => {
  report({ error: error.message });
  reports.end(() => process.exit(1));
});
database.once('exit', (code, signal) => {
  report({ exit: signal === null ? `code ${code}` : signal });
  reports.end(() => process.exit(0));
});

/** SecantusDB waits for its next connection before it stops, or for two seconds. */
const wake = (): void => {
  const socket = connect(Number(args[args.indexOf('--port') + 1]), '127.0.0.1');
  socket.once('connect', () => socket.destroy()).once('error', () => undefined);
};

const stop = (): void => {
  database.kill('SIGTERM');
  setTimeout(() => database.kill('SIGKILL'), KILL_AFTER_MS);
  if (args.includes('--port')) setInterval(wake, WAKE_EVERY_MS);
};
process.stdin.once('end', stop).once('error', stop).resume();
