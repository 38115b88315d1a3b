import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { processMark } from '../embedded/processes.ts';

/** SHA-256 of a file, in hexadecimal. */
export const digestOf = async (file: string): Promise<string> => {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
};

export interface WriteOptions {
  /** Changes the text on its way. */
  readonly change?: ((text: AsyncIterable<Buffer>) => AsyncIterable<string>) | undefined;
  /** Looks at the finished temporary file; what it throws keeps the file from its name. */
  readonly check?: (temporary: string) => Promise<void>;
}

const temporaryName = (file: string): string => `.${basename(file)}.${process.pid}.tmp`;
const TEMPORARY = /^\d+\.tmp$/;

/**
 * Writes beside the file, checks and syncs that, and renames it at the end: the name holds a whole file or the old one,
 * whatever comes and whenever the process or the machine stops.
 */
export const writeWhole = async (
  file: string,
  source: AsyncIterable<Buffer>,
  { change, check }: WriteOptions = {},
): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const temporary = join(dirname(file), temporaryName(file));
  try {
    // `flush` syncs before it closes: a name that survives a power cut must not lead to an empty file.
    const target = createWriteStream(temporary, { flush: true });
    if (change === undefined) await pipeline(source, target);
    else await pipeline(source, change, target);
    await check?.(temporary);
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** Makes the rename survive too, where the system can sync a folder. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Removes what killed runs have left half-written in a folder, of files whose name `isOurs`. */
export const sweepTemporary = async (folder: string, isOurs: (name: string) => boolean): Promise<void> => {
  for (const entry of await readdir(folder).catch(() => [])) {
    const parts = entry.split('.');
    const [pid = '', ending = ''] = parts.slice(-2);
    const name = parts.slice(1, -2).join('.');
    if (parts[0] !== '' || !TEMPORARY.test(`${pid}.${ending}`) || !isOurs(name) || processMark(Number(pid)) !== null)
      continue;
    await rm(join(folder, entry), { force: true });
  }
};

/** Replaces a text that holds no line break wherever it stands in UTF-8; what it holds back is one line at most. */
export const replacing = (from: string, to: string) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let held: string[] = [];
    const whole = (last: string): string => {
      const text = held.join('') + last;
      held = [];
      return text.replaceAll(from, to);
    };
    for await (const chunk of chunks) {
      const text = decoder.decode(chunk, { stream: true });
      const end = text.lastIndexOf('\n') + 1;
      if (end > 0) yield whole(text.slice(0, end));
      // Pieces are joined once: a line that comes in many must not be searched again with each of them.
      if (end < text.length) held.push(text.slice(end));
    }
    yield whole(decoder.decode());
  };
