import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const STOP_MS = 20_000;

/** Requests to a child process over IPC, answered in any order. */
const createAsker = (child) => {
  let last = 0;
  const open = new Map();
  child.on('message', ({ answerTo, answer, error }) => {
    const asked = open.get(answerTo);
    open.delete(answerTo);
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(error));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`the program exited (${code ?? signal})`));
  });
  return (question) =>
    new Promise((resolve, reject) => {
      last += 1;
      open.set(last, { resolve, reject });
      child.send({ ...question, number: last });
    });
};

/**
 * Starts a program in a separate process, so that it does not share an event loop with the measurement.
 * @param program name of a file in bench/programs/, or a path
 */
export const startProgram = (program, { args = [], nodeArgs = [], env = process.env, cwd, stdio } = {}) => {
  const file = program.includes('/') ? program : fileURLToPath(new URL(`../programs/${program}`, import.meta.url));
  const child = spawn(process.execPath, [...nodeArgs, file, ...args], {
    cwd,
    env,
    stdio: [...(stdio ?? ['ignore', 'inherit', 'inherit']), 'ipc'],
  });
  const exited = once(child, 'exit');
  return {
    child,
    pid: child.pid,
    ask: createAsker(child),
    exited,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(late);
    },
  };
};

/** For the programs: answers requests until the parent process disconnects. */
export const answerQuestions = (answer) => {
  process.on('message', async ({ number, ...question }) => {
    try {
      process.send?.({ answerTo: number, answer: await answer(question) });
    } catch (error) {
      process.send?.({ answerTo: number, error: String(error?.stack ?? error) });
    }
  });
  process.once('disconnect', () => process.exit(0));
};
