import type { AnyAttack } from './attack.ts';
import { patterns } from './attacks/1-patterns.ts';
import { smallRequests } from './attacks/2-small-requests.ts';
import { amplification } from './attacks/3-amplification.ts';
import { delimiters } from './attacks/4-delimiters.ts';
import { readers } from './attacks/5-readers.ts';
import { names } from './attacks/6-names.ts';
import { memory } from './attacks/7-memory.ts';
import { waiting } from './attacks/8-waiting.ts';
import { commandLine } from './attacks/9-command-line.ts';
import { errors } from './attacks/10-errors.ts';

/** Ordered and numbered as in docs/security.md. */
export const ATTACKS: readonly AnyAttack[] = [
  ...[patterns, smallRequests, amplification, delimiters, readers],
  ...[names, memory, waiting, commandLine, errors],
];
