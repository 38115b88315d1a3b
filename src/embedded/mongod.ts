import { type Engine, EngineUnavailable, type Launch } from './engine.ts';
import { findProgram } from './programs.ts';

/** Flags of a standalone `mongod`, reachable from this machine only. */
export const mongodArguments = (storage: string, port: number, cacheBytes: number): string[] =>
  ['--dbpath', storage, '--port', String(port), '--bind_ip', '127.0.0.1']
    // The default is half of the memory, which the images need. 0.25 is mongod's minimum.
    .concat(['--wiredTigerCacheSizeGB', String(Math.max(0.25, cacheBytes / 1024 ** 3))]);

const onPath = (name: string, program: string, args: Launch['args']): Engine => ({
  name,
  async prepare({ env }) {
    const found = findProgram(program, env);
    if (found === null) throw new EngineUnavailable(name === program ? 'not on PATH' : `${program} is not on PATH`);
    return { program: found, args };
  },
});

const secantusArguments: Launch['args'] = (storage, port, cacheBytes) =>
  ['--host', '127.0.0.1', '--port', String(port), '--storage-path', storage]
    // --sync-on-commit: without it, acknowledged writes were lost on kill -9.
    .concat(['--sync-on-commit', '--cache-size', `${Math.ceil(cacheBytes / 1024 ** 2)}M`, '--log-level', 'WARNING']);

export const mongod = onPath('mongod', 'mongod', mongodArguments);

/** SecantusDB's Rust server, ten times as fast as the Python one. */
export const secantusRust = onPath('secantusd-rs', 'secantusd-rs', secantusArguments);

/** SecantusDB's Python server where it is installed already, as in the image with a database. */
export const secantusInstalled = onPath('secantusdb', 'secantusd-py', secantusArguments);
