/** Of other programs that read the same file: Compose, the AWS SDK, Node.js and its libraries, the system. */
const OTHERS = /^(?:AWS_|COMPOSE_|DOCKER_|NODE_|UV_|npm_|NPM_|XDG_|SSL_|LC_|TEST_|BIP_)|^(?:TZ|LANG|PATH|HOME|DEBUG)$/;
/** Names further apart than this are different words. */
const MOST_EDITS = 3;

/** Insertions, deletions, replacements and swaps of neighbours that turn one name into the other. */
const editsBetween = (one: string, other: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let from = 1; from <= one.length; from += 1) {
    const next = [from];
    for (let to = 1; to <= other.length; to += 1) {
      const same = one[from - 1] === other[to - 1] ? 0 : 1;
      let least = Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + same);
      const swapped = from > 1 && to > 1 && one[from - 1] === other[to - 2] && one[from - 2] === other[to - 1];
      if (swapped) least = Math.min(least, (before[to - 2] ?? 0) + 1);
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
};

const nearest = (name: string, known: readonly string[]): string | null => {
  const [first] = known
    .map((each) => ({ each, edits: editsBetween(name.toUpperCase().slice(0, 100), each) }))
    .filter(({ each, edits }) => edits <= Math.min(MOST_EDITS, each.length / 3))
    .sort((one, other) => one.edits - other.edits);
  return first?.each ?? null;
};

/** What to say about the names of a `.env` that mean nothing to the service, without their values; null if there are none. */
export const unknownNames = (names: readonly string[], known: readonly string[]): string | null => {
  const unknown = names.filter((name) => !known.includes(name) && !OTHERS.test(name));
  if (unknown.length === 0) return null;
  const listed = unknown.map((name) => {
    const meant = nearest(name, known);
    return meant === null ? name : `${name} (did you mean ${meant}?)`;
  });
  return `Ignored in .env, because the service has no such ${unknown.length === 1 ? 'setting' : 'settings'}: ${listed.join(', ')}. docs/configuration.md lists all.`;
};
