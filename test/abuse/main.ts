import { cpus } from 'node:os';
import { killInstances } from '../support/instance.ts';
import { type AnyAttack, MIB, seconds } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { type Result, runAttack } from './run.ts';

export interface Options {
  /** Numbers of the attacks to run; undefined: all. */
  readonly only?: readonly number[] | undefined;
  readonly size: 'short' | 'full';
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const mib = (bytes: number): string => (bytes < 10 * MIB ? (bytes / MIB).toFixed(1) : String(Math.round(bytes / MIB)));

const memoryOf = ({ peak, before }: Result['cost']['service']): string =>
  `${mib(peak)} (+${mib(Math.max(0, peak - before))})`;

const lineOf = ({ number, title }: AnyAttack, { cost, sent, answers, notes, broken }: Result): string => {
  const cells = [
    `${number}. ${title}`,
    mib(sent),
    memoryOf(cost.service),
    memoryOf(cost.database),
    mib(Math.max(0, cost.disk)),
    seconds(cost.ms),
    `${Math.round(cost.health)} ms at ${seconds(cost.healthAt)}`,
    answers,
    [...notes, ...broken.map((failure) => `**${failure}**`)].join('; '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
};

const HEAD = [
  '| attack | sent, MiB | service, MiB | database, MiB | disk, MiB | took | longest /health | answered | measured |',
  `|${' --- |'.repeat(9)}`,
];

/** Runs the attacks in sequence against the built service and prints their cost; true if every bound held. */
export const runAbuse = async ({ only, size }: Options): Promise<boolean> => {
  // Otherwise the target would outlive an interrupted run.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void killInstances().finally(() => process.exit(1)));
  }
  const lines: string[] = [];
  let held = true;
  for (const attack of ATTACKS.filter(({ number }) => only === undefined || only.includes(number))) {
    print(`— ${attack.number}. ${attack.title}`);
    try {
      // Each has its own target, so that its memory is only this attack's.
      const result = await runAttack(attack, size);
      lines.push(lineOf(attack, result));
      print(lines.at(-1) ?? '');
      if (result.broken.length > 0) held = false;
    } finally {
      await killInstances();
    }
  }
  print(
    `\nNode.js ${process.versions.node}, ${cpus().length} cores, sizes of ${size === 'full' ? 'npm run abuse' : 'npm test'}\n`,
  );
  for (const line of [...HEAD, ...lines]) print(line);
  print(held ? '\nEvery bound held.' : '\nBounds were exceeded, see above.');
  return held;
};
