/**
 * Makes names unique: repeated ones get ` (2)` and so on before the ending. Linear in the number of names, all of which are
 * kept in memory.
 * @param keyOf names with the same key are the same; by default in any case, as on Windows and macOS
 */
export const createUniqueNames = (
  keyOf: (name: string) => string = (name) => name.toLowerCase(),
): ((base: string, ending?: string) => string) => {
  const taken = new Map<string, number>();
  return (base, ending = '') => {
    const key = keyOf(base);
    let number = taken.get(key) ?? 0;
    let name = number === 0 ? base : `${base} (${number + 1})`;
    while (number > 0 && taken.has(keyOf(name))) {
      number += 1;
      name = `${base} (${number + 1})`;
    }
    taken.set(key, number + 1);
    if (number > 0) taken.set(keyOf(name), 1);
    return name + ending;
  };
};
