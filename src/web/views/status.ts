import { h } from '../dom.ts';
import type { Summary } from '../types.ts';

/** Labels; the colour only repeats them. */
const STATES: Readonly<Record<Summary['status'], readonly [label: string, tone: string]>> = {
  queued: ['Queued', 'calm'],
  processing: ['Processing', 'active'],
  completed: ['Completed', 'good'],
  completed_with_errors: ['Completed with errors', 'warn'],
  failed: ['Failed', 'bad'],
  cancelled: ['Stopped', 'calm'],
};

export const statusPill = ({ status }: Pick<Summary, 'status'>): HTMLElement => {
  const [label, tone] = STATES[status];
  return h('span', { class: `pill pill-${tone}` }, label);
};
