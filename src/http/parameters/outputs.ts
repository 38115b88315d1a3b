import { z } from 'zod';
import {
  MAX_OUTPUTS,
  OUTPUT_FORMAT_NAMES,
  OUTPUT_FORMATS,
  type OutputFormat,
  type OutputSpec,
} from '../../output-formats.ts';
import { OUTPUTS, OUTPUTS_SPELLINGS, SPELLINGS } from './spellings.ts';

const EXAMPLE = 'jpeg:50,webp:50:1600,avif:45:800';
const MESSAGE = `must be up to ${MAX_OUTPUTS} outputs of format, quality and, if wanted, longest side, for example ${EXAMPLE}`;
const NUMBER = /^[1-9]\d{0,4}$/;

const numberUpTo = (text: string, most: number): number | null =>
  NUMBER.test(text) && Number(text) <= most ? Number(text) : null;

const specOf = (entry: string): OutputSpec | null => {
  const [name, qualityText = '', sideText, ...more] = entry.trim().toLowerCase().split(':', 4);
  const format = name === 'jpg' ? 'jpeg' : OUTPUT_FORMAT_NAMES.find((each) => each === name);
  const quality = numberUpTo(qualityText, 100);
  const maxSide = sideText === undefined ? undefined : numberUpTo(sideText, OUTPUT_FORMATS.jpeg.maxSide);
  if (format === undefined || quality === null || maxSide === null || more.length > 0) return null;
  return { format, quality, ...(maxSide === undefined ? {} : { maxSide }) };
};

const written = ({ format, quality, maxSide }: OutputSpec): string =>
  `${format}:${quality}${maxSide === undefined ? '' : `:${maxSide}`}`;

/** The outputs of an upload as a list such as `jpeg:50,webp:50:1600`; repeated ones count once. */
export const outputs = z
  .string(MESSAGE)
  .transform((text, context) => {
    const entries = text.split(',', MAX_OUTPUTS + 1);
    const specs = entries.map(specOf).filter((spec) => spec !== null);
    if (specs.length < entries.length || entries.length > MAX_OUTPUTS) {
      context.addIssue({ code: 'custom', message: MESSAGE });
    }
    return [...new Set(specs.map(written))].join(',');
  })
  .pipe(z.string())
  .meta({
    description:
      `Up to ${MAX_OUTPUTS} outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first ` +
      'is in place of `format` and `quality`, which cannot be sent as well.',
    pattern: OUTPUTS,
    examples: [EXAMPLE],
    [SPELLINGS]: OUTPUTS_SPELLINGS,
  });

/** The outputs in their canonical spelling. */
export const outputSpecs = (text: string): OutputSpec[] =>
  text
    .split(',')
    .map(specOf)
    .filter((spec) => spec !== null);

interface OutputFields {
  readonly format?: OutputFormat | undefined;
  readonly quality?: number | undefined;
  readonly outputs?: string | undefined;
}

/** Fields with format and quality of the first output; by default a JPEG of quality 50. */
export const withFirstOutput = <Fields extends OutputFields>(fields: Fields): Fields & Omit<OutputSpec, 'maxSide'> => {
  const [first] = outputSpecs(fields.outputs ?? '');
  const { format = 'jpeg', quality = 50 } = first ?? fields;
  return { ...fields, format, quality };
};
