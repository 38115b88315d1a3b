import { type Engine, EngineUnavailable } from './engine.ts';
import { findProgram } from './programs.ts';

/** Flags of a standalone `mongod`, reachable from this machine only. */
export const mongodArguments = (storage: string, port: number): string[] =>
  ['--dbpath', storage, '--port', String(port), '--bind_ip', '127.0.0.1']
    // Its default is half of the memory, which the images need.
    .concat(['--wiredTigerCacheSizeGB', '0.25']);

const onPath = (name: string, args: (storage: string, port: number) => string[]): Engine => ({
  name,
  async prepare({ env }) {
    const program = findProgram(name, env);
    if (program === null) throw new EngineUnavailable('not on PATH');
    return { program, args };
  },
});

export const mongod = onPath('mongod', mongodArguments);

/** SecantusDB's Rust server, ten times as fast as the Python one. */
export const secantusRust = onPath('secantusd-rs', (storage, port) =>
  ['--host', '127.0.0.1', '--port', String(port), '--storage-path', storage]
    // --sync-on-commit: without it kill -9 lost acknowledged writes.
    .concat(['--sync-on-commit', '--cache-size', '256M', '--log-level', 'WARNING']),
);
