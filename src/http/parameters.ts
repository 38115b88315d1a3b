import { z } from 'zod';
import { AppError } from '../errors.ts';
import { parseHttpUrl } from '../network/url.ts';
import { OUTPUT_FORMAT_LIST, OUTPUT_FORMAT_NAMES } from '../output-formats.ts';
import type { ListPlace } from '../results/listing.ts';
import { OUTPUT_NAME } from '../storage/storage.ts';

/**
 * What requests may carry. The same schemas check each request and stand in the OpenAPI document (openapi/), so that the
 * two cannot differ.
 */

const ONCE = 'must be text and be sent once';

/** Digits only, as they come in a query or a field. Of the type a client thinks in: an integer. */
const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string(message)
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.int(message).min(min, message).max(max, message));
};

/** `true` or `false` as a form sends them. */
const flag = (description: string) =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .pipe(z.boolean())
    .default(false)
    .meta({ description });

export const DEFAULT_LIMIT = 1_000;
export const MAX_LIMIT = 10_000;
export const MAX_AFTER = 999_999_999;

export const requestId = z.uuid().meta({ description: 'The `requestId` that the upload answered.' });

export const imageName = z
  .string()
  .regex(OUTPUT_NAME)
  .meta({ description: 'The id of the image and the ending of its format, as in `outputUrl`.' });

export const statusQuery = z.strictObject({
  limit: wholeNumber(1, MAX_LIMIT).default(DEFAULT_LIMIT).meta({ description: 'Images of one page, at most.' }),
  after: wholeNumber(0, MAX_AFTER)
    .optional()
    .meta({ description: 'Only images after this position, counted from 0 over the whole request.' }),
});

/** `<milliseconds since the epoch>.<requestId>`, as `next` has it. */
const LIST_PLACE = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const listQuery = z.strictObject({
  limit: wholeNumber(1, 100).default(20).meta({ description: 'Requests of one page, at most.' }),
  after: z
    .string(ONCE)
    .regex(LIST_PLACE, 'must be taken from "next"')
    .optional()
    .meta({ description: 'Only requests after this one, as `next` of the page before says.' }),
});

/** What `after` of the list means. */
export const listPlace = (after: string): ListPlace => {
  const [, milliseconds, id = ''] = LIST_PLACE.exec(after) ?? [];
  return { createdAt: new Date(Number(milliseconds)), requestId: id };
};

/** A quoted string (RFC 8941), as the IETF's draft has it, or the same key without quotes, as most clients send it. */
const UPLOAD_KEY = /^(?:[!#-~][ -~]{0,254}|"(?:[ !#-[\]-~]|\\["\\]){1,255}")$/;

export const uploadKey = z
  .string()
  .regex(UPLOAD_KEY, 'must be 1 to 255 printable ASCII characters, in quotes or without, and be sent once')
  .meta({
    description:
      'Chosen by the client for one upload, for example a UUID: sent again with the same file and fields, it gives the ' +
      'same `requestId`. Quotes around it are taken off.',
  });

/**
 * The `Idempotency-Key` of a call; undefined when it has none.
 * @param values of all headers of that name
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

/** The padded base64 of 24 to 64 bytes, as the signing library demands it; said as a pattern for the document alone. */
const DIGIT = '[A-Za-z0-9+/]';
const ONE_BYTE = `${DIGIT}[AQgw]==`;
const TWO_BYTES = `${DIGIT}{2}[AEIMQUYcgkosw048]=`;
const THREES = `(?:${DIGIT}{4})`;
const WEBHOOK_SECRET = `^whsec_(?:${THREES}{8,20}(?:${ONE_BYTE}|${TWO_BYTES})?|${THREES}{21}(?:${ONE_BYTE})?)$`;

/** The fields of an upload beside its file. The rule for secrets comes in, as it belongs to the webhooks. */
export const uploadFields = (isWebhookSecret: (text: string) => boolean) =>
  z
    .strictObject({
      webhookUrl: z
        .string(ONCE)
        .max(2048, 'is longer than 2048 characters')
        .refine(
          (text) => parseHttpUrl(text) !== null,
          'must be an http(s) URL, for example https://shop.example/hooks/images',
        )
        .optional()
        .meta({
          description: 'Told once when the request is finished.',
          format: 'uri',
          examples: ['https://shop.example/hooks/images'],
        }),
      webhookSecret: z
        .string(ONCE)
        .refine(isWebhookSecret, 'must be whsec_ and 24 to 64 bytes in base64')
        .optional()
        .meta({
          description: 'Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.',
          pattern: WEBHOOK_SECRET,
          examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
        }),
      quality: wholeNumber(1, 100).default(50).meta({ description: 'Of the outputs, absolute.' }),
      format: z
        .enum(OUTPUT_FORMAT_NAMES, `must be ${OUTPUT_FORMAT_LIST}`)
        .default('jpeg')
        .meta({ description: 'Of the outputs.' }),
      mozjpeg: flag('Smaller JPEG files for several times the time. Only with `format` `jpeg`.'),
      progressive: flag('JPEG files that are shown coarsely first. Only with `format` `jpeg`.'),
      onInvalidRow: z
        .enum(['reject', 'skip'], 'must be reject or skip')
        .default('reject')
        .meta({ description: '`reject` the file for an invalid row, or `skip` what is invalid in it.' }),
    })
    .superRefine((fields, context) => {
      for (const name of ['mozjpeg', 'progressive'] as const) {
        if (!fields[name] || fields.format === 'jpeg') continue;
        context.addIssue({ code: 'custom', path: [name], message: `is for the format jpeg, not for ${fields.format}` });
      }
    });

export type UploadFields = z.infer<ReturnType<typeof uploadFields>>;

/**
 * Checks fields or a query against their schema.
 * @throws AppError `invalid_field` with every fault, each beside the name it belongs to
 */
export const readFields = <Schema extends z.ZodObject>(schema: Schema, given: object): z.infer<Schema> => {
  const parsed = schema.safeParse({ ...given });
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(', ');
  const errors = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? { field: issue.keys.join(', '), message: `is not a parameter of this call; it takes ${known}` }
      : { field: issue.path.join('.'), message: issue.message },
  );
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new AppError('invalid_field', `${detail}.`, { details: { errors } });
};
