import type { WriteCommand } from '../support/servers/database-proxy.ts';
import { upload, waitFor } from '../support/service.ts';
import { csvOf, type Row, type Uploaded, type World } from './world.ts';

/** A write at which an instance is killed: before the database receives it, or after it is done but not yet acknowledged. */
export interface Cut {
  readonly name: string;
  readonly matches: (command: WriteCommand) => boolean;
  readonly side: 'before' | 'after';
}

const TIMEOUT_MS = 60_000;

/**
 * Starts an instance, uploads to it, and kills it once `hits` of the cut's writes, or their replies, are withheld.
 * @returns the uploads that got a response before the kill
 */
export const killAt = async (
  world: World,
  slot: number,
  { matches, side }: Cut,
  batches: readonly (readonly Row[])[],
  hits = 1,
): Promise<Uploaded[]> => {
  let withheld = 0;
  const withhold = (command: WriteCommand): 'pass' | 'hold' => {
    if (!matches(command)) return 'pass';
    withheld += 1;
    return 'hold';
  };
  const instance = await world.start(slot, {
    hooks: side === 'before' ? { onCommand: withhold } : { onReply: withhold },
  });
  const fields = { webhookUrl: world.receiver.url(world.webhookPath) };
  const answers = batches.map(async (rows): Promise<Uploaded | null> => {
    try {
      const response = await upload(instance.url, csvOf(rows), fields);
      return response.status === 202 ? { requestId: await idOf(response), rows } : null;
    } catch {
      return null;
    }
  });
  await waitFor(async () => withheld >= hits, TIMEOUT_MS);
  await world.kill(slot);
  return (await Promise.all(answers)).filter((answer) => answer !== null);
};

const idOf = async (response: Response): Promise<string> =>
  String(((await response.json()) as { requestId: string }).requestId);
