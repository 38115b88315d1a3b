/** Adds to a key's count and removes keys whose count is 0, so that the map does not grow. */
export const addTo = <Key>(counts: Map<Key, number>, key: Key, by: number): void => {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
};
