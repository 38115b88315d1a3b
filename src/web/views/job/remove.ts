import { type Api, ApiError } from '../../api.ts';
import { isFinal, type Summary } from '../../types.ts';
import { confirmed } from '../confirm.ts';
import { nameOf } from './header.ts';

/**
 * Asks, then deletes the job, which stops it first.
 * @param onConfirmed called before it is deleted
 * @returns whether it is gone, also if someone else has deleted it
 */
export const removeJob = async (
  api: Pick<Api, 'remove'>,
  summary: Summary,
  onConfirmed: () => void = () => {},
): Promise<boolean> => {
  const running = isFinal(summary) ? '' : 'It is still running and will be stopped. ';
  const text = `${running}Its images and CSV are deleted permanently, and links to them stop working.`;
  if (!(await confirmed(`Delete “${nameOf(summary)}”?`, text, 'Delete job'))) return false;
  onConfirmed();
  try {
    await api.remove(summary.requestId);
  } catch (error) {
    if (!(error instanceof ApiError && error.problem?.status === 404)) throw error;
  }
  return true;
};
