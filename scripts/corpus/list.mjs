import { readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { SetupError } from '../prepare.mjs';

const MOST_FILES = 100_000;

/** Printable on one line: names may hold line breaks, terminal sequences and bytes that are no UTF-8. */
const printable = (bytes) =>
  bytes.toString('utf8').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0).toString(16);
    return `\\u{${code}}`;
  });

/**
 * Every file of a folder and its subfolders, sorted by name. Links are not followed, so that none leads out or in a circle.
 * @returns { files: [{ path, name, bytes }], links }: `path` is a Buffer, because a name need not be UTF-8; `name` is
 * relative, for people; `links` is how many were left out
 */
export const listFiles = async (folder) => {
  const found = [];
  let links = 0;
  const folders = [Buffer.from(folder)];
  for (let at = 0; at < folders.length; at += 1) {
    const entries = await readdir(folders[at], { withFileTypes: true, encoding: 'buffer' }).catch((error) => {
      throw new SetupError(`The folder cannot be read: ${error.code ?? error.message}, ${printable(folders[at])}`);
    });
    for (const entry of entries) {
      const path = Buffer.concat([folders[at], Buffer.from(sep), entry.name]);
      if (entry.isDirectory()) folders.push(path);
      if (entry.isSymbolicLink()) links += 1;
      if (!entry.isFile()) continue;
      if (found.length === MOST_FILES) throw new SetupError(`The folder has more than ${MOST_FILES} files.`);
      found.push({
        path,
        name: printable(path.subarray(Buffer.byteLength(folder) + 1)),
        // A file that has gone meanwhile is said to be so when it is read.
        bytes: await stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      });
    }
  }
  return { files: found.sort((a, b) => Buffer.compare(a.path, b.path)), links };
};
