import { patterns } from './1-patterns.ts';
import { smallRequests } from './2-small-requests.ts';
import { amplification } from './3-amplification.ts';
import { delimiters } from './4-delimiters.ts';
import { readers } from './5-readers.ts';
import { names } from './6-names.ts';
import { memory } from './7-memory.ts';
import { waiting } from './8-waiting.ts';
import { commandLine } from './9-command-line.ts';
import { errors } from './10-errors.ts';
import type { AnyAttack } from './attack.ts';

/** In the order and with the numbers of docs/security.md. */
export const ATTACKS: readonly AnyAttack[] = [
  ...[patterns, smallRequests, amplification, delimiters, readers],
  ...[names, memory, waiting, commandLine, errors],
];
