import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { parseHttpUrl } from '../../network/url.ts';
import { METADATA_KEPT, OUTPUT_FORMAT_LIST, OUTPUT_FORMAT_NAMES } from '../../output-formats.ts';
import type { RequestOptions } from '../../requests/types.ts';
import { jobName } from './job-name.ts';
import { outputSpecs, outputs, withFirstOutput } from './outputs.ts';
import { label, ownMetadata } from './own-data.ts';
import { choice, colour, flag, ONCE, wholeNumber, yesOrNo } from './values.ts';

/** Parameters and form fields of an upload. */

/** A quoted string (RFC 8941), as in the IETF draft, or unquoted, as most clients send it. */
const UPLOAD_KEY = /^(?:[!#-~][ -~]{0,254}|"(?:[ !#-[\]-~]|\\["\\]){1,255}")$/;

export const uploadKey = z
  .string()
  .regex(UPLOAD_KEY, 'must be 1 to 255 printable ASCII characters, optionally quoted, and sent once')
  .meta({
    description:
      'Chosen by the client for one upload, for example a UUID. Sending it again with the same file and fields returns ' +
      'the same `requestId`. Surrounding quotes are removed.',
  });

/**
 * The `Idempotency-Key` of a call; undefined if it has none.
 * @param values all headers of that name
 * @throws AppError `invalid_field`
 */
export const readUploadKey = (values: readonly string[] | undefined): string | undefined => {
  if (values === undefined) return undefined;
  const [given] = values.length === 1 ? values : [];
  const { success, data, error } = uploadKey.safeParse(given ?? '');
  if (success) return data.startsWith('"') ? data.slice(1, -1).replace(/\\(.)/g, '$1') : data;
  const errors = error.issues.map(({ message }) => ({ field: 'Idempotency-Key', message }));
  throw new AppError('invalid_field', `Idempotency-Key ${errors[0]?.message}.`, { details: { errors } });
};

/** Padded base64 of 24 to 64 bytes, as the signing library requires. The pattern is only for the OpenAPI document. */
const DIGIT = '[A-Za-z0-9+/]';
const ONE_BYTE = `${DIGIT}[AQgw]==`;
const TWO_BYTES = `${DIGIT}{2}[AEIMQUYcgkosw048]=`;
const THREES = `(?:${DIGIT}{4})`;
const WEBHOOK_SECRET = `^whsec_(?:${THREES}{8,20}(?:${ONE_BYTE}|${TWO_BYTES})?|${THREES}{21}(?:${ONE_BYTE})?)$`;

const MAX_NAME = 500;
const MAX_NAMES = 100;
const TOO_LONG = `is longer than ${MAX_NAME} characters`;

/** What JPEG allows. */
const MAX_SIDE = 65_500;
const longestSide = (description: string) => wholeNumber(1, MAX_SIDE).optional().meta({ description });

const columnName = (what: string) =>
  z
    .string(ONCE)
    .max(MAX_NAME, TOO_LONG)
    .optional()
    .meta({
      description: `The column of the ${what} by its name in the header row, or by its position as in \`#2\`; \`none\` if there is none. Detected by default.`,
    });

/** How images are encoded. Those that exclude others have no default in the document: clients made of it would send it. */
export const encodingFields = {
  quality: wholeNumber(1, 100).optional().meta({ description: 'Quality of the outputs, by default 50.' }),
  format: choice(OUTPUT_FORMAT_NAMES, `must be ${OUTPUT_FORMAT_LIST}`, { jpg: 'jpeg' })
    .optional()
    .meta({ description: 'Format of the outputs, by default `jpeg`.' }),
  outputs: outputs.optional(),
  mozjpeg: flag('Smaller JPEG files, several times slower. Only with `format` `jpeg`.'),
  progressive: flag('Progressive JPEG files. Only with `format` `jpeg`.'),
  maxWidth: longestSide('Maximum width of the outputs in pixels, after turning them upright. None is enlarged.'),
  maxHeight: longestSide('Maximum height, likewise.'),
  background: colour('Colour behind transparent sources in JPEG, for example `#ffffff`, the default.').optional(),
  keepMetadata: choice(METADATA_KEPT, 'must be none or rights').optional().meta({
    description:
      '`none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP.',
  }),
  metadata: ownMetadata.optional(),
};
export type EncodingFields = z.infer<z.ZodObject<typeof encodingFields>>;

/** Options that exclude each other. */
export const checkEncoding = (fields: EncodingFields, context: z.RefinementCtx): void => {
  const { format } = withFirstOutput(fields);
  const isJpeg = fields.outputs?.includes('jpeg') ?? format === 'jpeg';
  for (const name of ['mozjpeg', 'progressive'] as const) {
    if (!fields[name] || isJpeg) continue;
    const message = `only applies to the format jpeg, not to ${format}`;
    context.addIssue({ code: 'custom', path: [name], message });
  }
  for (const name of ['format', 'quality'] as const) {
    if (fields.outputs === undefined || fields[name] === undefined) continue;
    const message = `cannot be sent with outputs, whose first output has the ${name}`;
    context.addIssue({ code: 'custom', path: [name], message });
  }
};

/** The fields as options of a request. A single output is none of several; its longest side limits width and height. */
export const encodingOptions = (fields: EncodingFields): RequestOptions => {
  const { format, quality, mozjpeg, progressive, background } = withFirstOutput(fields);
  const kept = fields.keepMetadata ?? fields.metadata;
  const specs = outputSpecs(fields.outputs ?? '');
  const { maxSide } = specs.length === 1 ? (specs[0] ?? {}) : {};
  const sides = [fields.maxWidth, fields.maxHeight].map((side) =>
    side === undefined || maxSide === undefined ? (side ?? maxSide) : Math.min(side, maxSide),
  );
  const [maxWidth, maxHeight] = sides;
  return {
    ...{ quality, format, mozjpeg, progressive },
    ...(maxWidth === undefined ? {} : { maxWidth }),
    ...(maxHeight === undefined ? {} : { maxHeight }),
    ...(specs.length > 1 ? { outputs: specs } : {}),
    ...(background === undefined ? {} : { background }),
    ...(kept === 'rights' ? { metadata: kept } : {}),
  };
};

/** The form fields of an upload. `isWebhookSecret` is passed in because webhooks/ owns that rule. */
export const uploadFields = (isWebhookSecret: (text: string) => boolean) =>
  z
    .strictObject({
      name: jobName.optional().meta({
        description: 'A name for the job. By default that of the file, without its ending.',
        examples: ['Spring catalogue'],
      }),
      label: label.optional().meta({
        description: 'Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters.',
        examples: ['spring-2026'],
      }),
      webhookUrl: z
        .string(ONCE)
        .trim()
        .max(2048, 'is longer than 2048 characters')
        .refine(
          (text) => parseHttpUrl(text) !== null,
          'must be an http(s) URL, for example https://shop.example/hooks/images',
        )
        .optional()
        .meta({
          description: 'Receives one POST request when the job finishes.',
          format: 'uri',
          examples: ['https://shop.example/hooks/images'],
        }),
      webhookSecret: z
        .string(ONCE)
        .trim()
        .refine(isWebhookSecret, 'must be whsec_ and 24 to 64 bytes in base64')
        .optional()
        .meta({
          description: 'Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.',
          pattern: WEBHOOK_SECRET,
          examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
        }),
      fileUrl: z
        .string(ONCE)
        .trim()
        .max(2048, 'is longer than 2048 characters')
        .refine(
          (text) => parseHttpUrl(text) !== null,
          'must be an http(s) URL, for example https://shop.example/products.csv',
        )
        .optional()
        .meta({
          description:
            'Address of the file, instead of a file: any http(s) URL, or the link of a Google Sheet that anyone may view.',
          format: 'uri',
        }),
      ...encodingFields,
      onInvalidRow: choice(['reject', 'skip'], 'must be reject or skip')
        .default('reject')
        .meta({ description: '`reject` a file with an invalid URL, or `skip` the invalid ones.' }),
      imageColumns: z
        .union([z.string(), z.array(z.string())])
        .transform((given) => {
          const names = [given].flat().flatMap((list) => list.split(','));
          const filled = names.map((name) => name.trim()).filter((name) => name !== '');
          return filled.length === 0 ? undefined : filled;
        })
        .pipe(z.array(z.string().max(MAX_NAME, TOO_LONG)).max(MAX_NAMES, 'has too many names').optional())
        .optional()
        .meta({
          description:
            'Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name ' +
            'is blank, repeated or contains a comma. Detected by default.',
        }),
      sheet: z.string(ONCE).max(MAX_NAME, TOO_LONG).optional().meta({
        description:
          'The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it.',
      }),
      nameColumn: columnName('product names'),
      serialColumn: columnName('serial numbers'),
      output: choice(['add', 'replace'], 'must be add or replace')
        .default('add')
        .meta({ description: 'Output URLs in columns of their own, or in place of the input URLs.' }),
      formulas: choice(['escape', 'keep'], 'must be escape or keep').default('escape').meta({
        description: "`escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them.",
      }),
      bom: yesOrNo(
        'The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252.',
      ).optional(),
    })
    .superRefine(checkEncoding);

export type UploadFields = ReturnType<typeof withFirstOutput<z.infer<ReturnType<typeof uploadFields>>>>;
