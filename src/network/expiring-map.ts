export interface ExpiringMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, forMs: number): void;
  delete(key: string): void;
}

/**
 * A map whose entries last for a given time; when it is full, the entry used longest ago makes room for a new one.
 * @param now milliseconds that only ever grow
 */
export const createExpiringMap = <Value>(most: number, now: () => number): ExpiringMap<Value> => {
  const entries = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.until <= now()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, forMs) {
      entries.delete(key);
      if (entries.size >= most) entries.delete(entries.keys().next().value ?? '');
      entries.set(key, { value, until: now() + forMs });
    },
    delete: (key) => void entries.delete(key),
  };
};
