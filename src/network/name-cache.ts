import type { LookupAddress } from 'node:dns';

/** What is known of a name: its addresses, or the code of the failure to find them. */
export type Known = { readonly addresses: readonly LookupAddress[] } | { readonly code: 'ENOTFOUND' | 'EAI_AGAIN' };

export interface NameCache {
  get(name: string): Known | undefined;
  set(name: string, known: Known, forMs: number): void;
}

/**
 * What look-ups found, each for its time; the one used longest ago makes room for a new one.
 * @param now milliseconds that only ever grow
 */
export const createNameCache = (most: number, now: () => number): NameCache => {
  const entries = new Map<string, { readonly known: Known; readonly until: number }>();
  return {
    get(name) {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      entries.delete(name);
      if (entry.until <= now()) return undefined;
      entries.set(name, entry);
      return entry.known;
    },
    set(name, known, forMs) {
      entries.delete(name);
      if (entries.size >= most) entries.delete(entries.keys().next().value ?? '');
      entries.set(name, { known, until: now() + forMs });
    },
  };
};
