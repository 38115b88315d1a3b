import { h } from '../dom.ts';
import type { Summary } from '../types.ts';

/** Told in words; the colour only repeats it. */
const STATES: Readonly<Record<Summary['status'], readonly [label: string, tone: string]>> = {
  queued: ['Waiting', 'calm'],
  processing: ['Running', 'active'],
  completed: ['Done', 'good'],
  completed_with_errors: ['Done, some failed', 'warn'],
  failed: ['Failed', 'bad'],
  cancelled: ['Stopped', 'calm'],
};

export const statusPill = ({ status }: Pick<Summary, 'status'>): HTMLElement => {
  const [label, tone] = STATES[status];
  return h('span', { class: `pill pill-${tone}` }, label);
};
