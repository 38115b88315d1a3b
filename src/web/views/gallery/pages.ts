import type { Api } from '../../api.ts';
import type { Status } from '../../types.ts';
import type { Placed } from './tile.ts';

const PAGE = 1_000;

/** The images of a job in order, a page at a time. */
export async function* pagesOf(
  api: Pick<Api, 'status'>,
  requestId: string,
  signal: AbortSignal,
  mostPages = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Placed[]> {
  let query: string | null = `?limit=${PAGE}`;
  let position = 0;
  for (let page = 0; query !== null && page < mostPages && !signal.aborted; page += 1) {
    const { products, next }: Status = await api.status(requestId, query, signal);
    const images: Placed[] = [];
    for (const { images: own, ...product } of products) {
      for (const image of own) images.push({ ...product, image, position: position + images.length });
    }
    yield images;
    position += images.length;
    query = next === null ? null : next.slice(next.indexOf('?'));
  }
}
