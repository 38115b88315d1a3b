/** mongo-java-server: an in-memory MongoDB server in Java. Installed by Maven into the user's cache where a JDK is found. */
import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { root } from '../prepare.mjs';
import { built } from './built.mjs';
import { Unavailable } from './unavailable.mjs';

const SOURCES = path.join(root, 'scripts', 'engines', 'mongo-java-server');
const VERSION = /<artifactId>mongo-java-server<\/artifactId>\s*<version>(\d[^<]+)</;
const INSTALL_MS = 5 * 60_000;
const READY_MS = 60_000;
const STOP_MS = 10_000;
/** A loop per connection: a slow command must not delay the driver's heartbeat, which then drops all connections. */
const LOOPS = '-Dio.netty.eventLoopThreads=64';
const run = promisify(execFile);

const source = (name) => readFileSync(path.join(SOURCES, name), 'utf8');
const version = () => VERSION.exec(source('pom.xml'))?.[1] ?? 'unknown';

const classPath = (folder) => [path.join(folder, 'classes'), path.join(folder, 'lib', '*')].join(path.delimiter);

/** Compiles into a temporary folder that is renamed when complete, so that an interrupted install is never used. */
const install = async (programs, target) => {
  const building = `${target}.tmp-${process.pid}-${randomUUID()}`;
  mkdirSync(building, { recursive: true });
  try {
    const limits = { timeout: INSTALL_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 };
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${path.join(building, 'lib')}`];
    await run(programs.mvn, ['--quiet', '--batch-mode', '-f', path.join(SOURCES, 'pom.xml'), ...copy], limits);
    const compile = [
      '-d',
      path.join(building, 'classes'),
      '-cp',
      classPath(building),
      path.join(SOURCES, 'Server.java'),
    ];
    await run(programs.javac, compile, limits);
    if (!existsSync(target)) renameSync(building, target);
  } catch (error) {
    const lines = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.split('\n').filter((line) => line.includes('ERROR'));
    throw new Unavailable(`its install by Maven failed: ${lines[0] ?? error.message}`);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
};

const start = async (java, folder) => {
  const server = spawn(java, ['-Xmx768m', LOOPS, '-cp', classPath(folder), 'Server'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(server, 'exit');
  const stop = async () => {
    server.stdin.end();
    const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  try {
    const timeout = AbortSignal.timeout(READY_MS);
    const died = ended.then(([code]) => Promise.reject(new Error(`mongo-java-server exited with code ${code}`)));
    const [port] = await Promise.race([
      once(createInterface({ input: server.stdout }), 'line', { signal: timeout }),
      died,
    ]);
    return { uri: `mongodb://127.0.0.1:${Number(port)}/`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

export const mongoJavaServer = {
  name: 'mongo-java-server',
  async prepare() {
    const { findProgram, userCache } = await built('programs');
    const programs = {};
    for (const name of ['java', 'javac', 'mvn']) {
      programs[name] = findProgram(name, process.env);
      if (programs[name] === null) throw new Unavailable(`${name} is not on PATH; it needs a JDK and Maven`);
    }
    const digest = createHash('sha256').update(source('pom.xml')).update(source('Server.java')).digest('hex');
    const cache = userCache(process.env, path.join(root, 'data', 'cache'));
    const folder = path.join(cache, `mongo-java-server-${version()}-${digest.slice(0, 12)}`);
    if (!existsSync(folder)) {
      console.log(`Installing mongo-java-server ${version()} with Maven, once for this user …`);
      await install(programs, folder);
    }
    return { version: version(), start: () => start(programs.java, folder) };
  },
};
