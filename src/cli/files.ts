import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file, in hexadecimal. */
export const digestOf = async (file: string): Promise<string> => {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
};

/** Writes the stream beside the file and renames it at the end, so that the name holds a whole file or the old one. */
export const writeWhole = async (
  file: string,
  source: Readable,
  change?: (text: AsyncIterable<Buffer>) => AsyncIterable<string>,
): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    if (change === undefined) await pipeline(source, createWriteStream(temporary));
    else await pipeline(source, change, createWriteStream(temporary));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** Replaces a text that holds no line break wherever it stands in UTF-8; what it holds back is one line at most. */
export const replacing = (from: string, to: string) =>
  async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let held = '';
    for await (const chunk of chunks) {
      held += decoder.decode(chunk, { stream: true });
      const end = held.lastIndexOf('\n') + 1;
      if (end === 0) continue;
      yield held.slice(0, end).replaceAll(from, to);
      held = held.slice(end);
    }
    yield (held + decoder.decode()).replaceAll(from, to);
  };

/** Whether the file is there and has that many bytes. */
export const hasSize = async (file: string, bytes: number | null): Promise<boolean> =>
  (await stat(file).catch(() => null))?.size === bytes;
