import { type Engine, EngineUnavailable, type Launch } from './engine.ts';
import { findProgram } from './programs.ts';

/** Flags of a standalone `mongod`, reachable from this machine only. */
export const mongodArguments = (storage: string, port: number, cacheBytes: number): string[] =>
  ['--dbpath', storage, '--port', String(port), '--bind_ip', '127.0.0.1']
    // The default is half of the memory, which the images need. 0.25 is mongod's minimum.
    .concat(['--wiredTigerCacheSizeGB', String(Math.max(0.25, cacheBytes / 1024 ** 3))]);

const onPath = (name: string, args: Launch['args']): Engine => ({
  name,
  async prepare({ env }) {
    const program = findProgram(name, env);
    if (program === null) throw new EngineUnavailable('not on PATH');
    return { program, args };
  },
});

export const mongod = onPath('mongod', mongodArguments);

/** SecantusDB's Rust server, ten times as fast as the Python one. */
export const secantusRust = onPath('secantusd-rs', (storage, port, cacheBytes) =>
  ['--host', '127.0.0.1', '--port', String(port), '--storage-path', storage]
    // --sync-on-commit: without it, acknowledged writes were lost on kill -9.
    .concat(['--sync-on-commit', '--cache-size', `${Math.ceil(cacheBytes / 1024 ** 2)}M`, '--log-level', 'WARNING']),
);
