/** Adds to a key's count. Keys without a count are not kept, so that the map holds no more keys than are in use. */
export const addTo = (counts: Map<string, number>, key: string, by: number): void => {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
};
