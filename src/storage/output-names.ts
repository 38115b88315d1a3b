import { v5 as uuidOf } from 'uuid';
import type { OutputFormat } from '../output-formats.ts';
import { outputName } from './storage.ts';

/** Formats of an image's outputs, as its task and its request's options have them. */
export interface OutputFormats {
  readonly format: OutputFormat;
  /** All of them, if there are several; the first has `format`. */
  readonly outputs?: readonly { readonly format: OutputFormat }[];
}

/**
 * Names of an image's outputs in order. The first has the image's id, each further one a UUID of its own (version 5, RFC 9562)
 * made of that id and its position, so that every route and storage knows one form of name.
 */
export const outputNames = (imageId: string, { format, outputs = [] }: OutputFormats): string[] => [
  outputName(imageId, format),
  ...outputs.slice(1).map((output, at) => outputName(uuidOf(`output ${at + 1}`, imageId), output.format)),
];

/**
 * Copies all outputs of an image to another one, the first last: where it is, the others are.
 * @returns false if one of them is gone
 */
export const copyOutputs = async (
  copy: (from: string, to: string) => Promise<boolean>,
  from: readonly string[],
  to: readonly string[],
): Promise<boolean> => {
  for (let at = from.length - 1; at >= 0; at -= 1) {
    if (!(await copy(from[at] ?? '', to[at] ?? ''))) return false;
  }
  return true;
};
