import { h } from '../dom.ts';
import { count } from '../format.ts';
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

export const statusPill = ({ status, stopping, progress }: Pick<Summary, 'status' | 'stopping' | 'progress'>) => {
  const [label, tone] = STATES[status];
  const { failed, skipped } = progress;
  if (stopping) return pill('Stopping…', 'calm');
  // What the person chose to skip is no error.
  if (status === 'completed_with_errors' && failed === skipped) {
    return pill(`Completed, ${count(skipped)} skipped`, 'good');
  }
  return pill(label, tone);
};

export const pill = (label: string, tone: string): HTMLElement => h('span', { class: `pill pill-${tone}` }, label);
