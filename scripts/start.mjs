/** `npm start`: sets up what is missing, then runs the service and ends when it ends. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { prepare, root, runScript, serviceEnvironment } from './prepare.mjs';

const WATCH_MS = 1_000;
const SHELLS = ['sh', 'dash', 'bash', 'ash'];

/** Name and parent of a process (proc(5)); null where there is no /proc or no such process. */
const lookAt = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnds = stat.lastIndexOf(')');
    return { name: stat.slice(stat.indexOf('(') + 1, nameEnds), parent: stat.slice(nameEnds + 2).split(' ')[1] };
  } catch {
    return null;
  }
};

/** Who started this: the parent, and when npm put a shell in between, the shell's parent too. */
const starters = () => {
  const shell = lookAt(process.ppid);
  return `${process.ppid} ${shell !== null && SHELLS.includes(shell.name) ? shell.parent : ''}`;
};

const serve = () =>
  new Promise((resolve, reject) => {
    // The channel carries no messages: its closing signals the service that this process has ended.
    const service = spawn(process.execPath, ['dist/main.js'], {
      cwd: root,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...serviceEnvironment(), BIP_PARENT_CHANNEL: '1' },
    });

    // Ctrl-C reaches both processes, and npm sends it once more; the service takes the second as the first.
    let asked = false;
    const stop = (signal) => {
      if (!asked) service.kill(signal);
      asked = true;
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => stop(signal === 'SIGHUP' ? 'SIGTERM' : signal));
    }

    // A killed npm sends no signal, but its children get another parent.
    const begun = starters();
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event !== undefined && starters() !== begun) stop('SIGTERM');
    }, WATCH_MS);

    service.once('error', reject);
    service.once('exit', (code, signal) => {
      clearInterval(watch);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });

await runScript(async () => {
  await prepare();
  return serve();
});
