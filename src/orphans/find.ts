import type { Models } from '../requests/models.ts';
import { outputNames } from '../storage/output-names.ts';
import type { Storage } from '../storage/storage.ts';

/** An output without an image in the database, or a completed image without one of its outputs. */
export type Orphan =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'image'; readonly requestId: string; readonly imageId: string; readonly name: string };

export interface OrphanDeps {
  readonly models: Pick<Models, 'requests' | 'images'>;
  readonly storage: Pick<Storage, 'stat'>;
  /** The names of all outputs. */
  readonly list: () => AsyncIterable<string>;
}

/** Names that are looked up at once. */
const BATCH = 1_000;
/** Names whose image is not found by their id, before the images with several outputs are read to find it. */
const HELD = 100_000;
/** Outputs that are looked for at the same time. */
const STATS = 32;

async function* inBatches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const idOf = (name: string): string => name.slice(0, name.indexOf('.'));

/**
 * Outputs that no image has. Further outputs of an image have ids of their own, from which the image's cannot be told, so
 * those are compared with what the images of such requests should have, as often as their number takes.
 */
async function* filesWithoutImage({ models, list }: OrphanDeps): AsyncGenerator<Orphan> {
  let unknown = new Set<string>();
  const strangers = async (): Promise<ReadonlySet<string>> => {
    const several = models.requests.find({ 'options.outputs.1': { $exists: true } }, { options: 1 }).lean();
    for await (const { _id, options } of several.cursor()) {
      for await (const image of models.images.find({ requestId: _id }, { _id: 1 }).lean().cursor()) {
        for (const name of outputNames(image._id, options)) unknown.delete(name);
      }
      if (unknown.size === 0) break;
    }
    const left = unknown;
    unknown = new Set();
    return left;
  };
  for await (const names of inBatches(list(), BATCH)) {
    const found = await models.images.find({ _id: { $in: names.map(idOf) } }, { _id: 1 }).lean();
    const known = new Set(found.map(({ _id }) => _id));
    for (const name of names) if (!known.has(idOf(name))) unknown.add(name);
    if (unknown.size >= HELD) for (const name of await strangers()) yield { kind: 'file', name };
  }
  if (unknown.size > 0) for (const name of await strangers()) yield { kind: 'file', name };
}

/** Completed images one of whose outputs is not there. */
async function* imagesWithoutFile({ models, storage }: OrphanDeps): AsyncGenerator<Orphan> {
  const requests = models.requests.find({ state: { $ne: 'removing' } }, { options: 1 }).lean();
  for await (const { _id: requestId, options } of requests.cursor()) {
    const images = models.images.find({ requestId, status: 'completed' }, { _id: 1 }).lean().cursor();
    for await (const batch of inBatches(images, STATS)) {
      const outputs = batch.flatMap(({ _id }) => outputNames(_id, options).map((name) => ({ imageId: _id, name })));
      const missing = await Promise.all(
        outputs.map(async (output) => ((await storage.stat(output.name)) === null ? output : null)),
      );
      for (const output of missing) if (output !== null) yield { kind: 'image', requestId, ...output };
    }
  }
}

/** Both ways, one after the other, with memory for a hundred thousand names at most. Changes nothing. */
export async function* findOrphans(deps: OrphanDeps): AsyncGenerator<Orphan> {
  yield* filesWithoutImage(deps);
  yield* imagesWithoutFile(deps);
}
