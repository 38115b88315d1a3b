import { redactCredentials } from '../network/redact.ts';
import type { ReportedImage } from '../requests/image-store.ts';
import type { SameBytesReport } from '../requests/types.ts';

/** A catalogue repeats a photo a few times; placeholders of image servers come far more often. */
export const SAME_FROM = 10;
export const GROUPS_SHOWN = 10;
export const EXAMPLES_SHOWN = 3;
/** Different sources that are counted at once; with the limits below about 14 MB. */
const MAX_SOURCES = 50_000;
const SHOWN_CHARACTERS = 200;

interface Group {
  count: number;
  readonly bytes: number;
  /** Hashes of the first different URLs, up to {@link SAME_FROM}. */
  readonly urls: number[];
  readonly exampleUrls: string[];
}

/**
 * Finds the sources with the same bytes under many URLs, in constant memory. Counts are exact up to {@link MAX_SOURCES}
 * different sources; after that the rarest are forgotten again and again (lossy counting, Manku and Motwani 2002), so that
 * the count of a source that comes rarely may fall short, and what comes often is found wherever it starts.
 */
export const createSameBytesTally = (maxSources = MAX_SOURCES) => {
  const groups = new Map<string, Group>();

  const forgetRarest = (): void => {
    for (let below = 2; groups.size > maxSources / 2; below *= 2) {
      for (const [key, { count }] of groups) if (count < below) groups.delete(key);
    }
  };

  return {
    add({ status, bytesIn, crc32, inputUrl }: ReportedImage): void {
      if (status !== 'completed' || bytesIn === undefined || crc32 === undefined) return;
      const key = `${bytesIn} ${crc32}`;
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size >= maxSources) forgetRarest();
        group = { count: 0, bytes: bytesIn, urls: [], exampleUrls: [] };
        groups.set(key, group);
      }
      group.count += 1;
      if (group.urls.length >= SAME_FROM) return;
      const hash = hashOf(inputUrl);
      if (group.urls.includes(hash)) return;
      group.urls.push(hash);
      // Only of the last ones before a group is reported: a million URLs would not be constant memory.
      if (group.urls.length > SAME_FROM - EXAMPLES_SHOWN) group.exampleUrls.push(shown(inputUrl));
    },

    result(): SameBytesReport[] {
      return [...groups.values()]
        .filter(({ urls }) => urls.length >= SAME_FROM)
        .sort((a, b) => b.count - a.count)
        .slice(0, GROUPS_SHOWN)
        .map(({ count, bytes, exampleUrls }) => ({ count, bytes, exampleUrls }));
    },
  };
};

/** FNV-1a in 31 bits, which V8 stores without an object. A collision only takes two URLs for one. */
const hashOf = (url: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < url.length; at += 1) hash = Math.imul(hash ^ url.charCodeAt(at), 0x01000193);
  return hash >>> 1;
};

/** Cut, and copied, because a slice would keep the whole URL in memory. */
const shown = (url: string): string => {
  const full = redactCredentials(url);
  const cut = full.length > SHOWN_CHARACTERS ? `${full.slice(0, SHOWN_CHARACTERS - 1).toWellFormed()}…` : full;
  return Buffer.from(cut).toString();
};
