import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { BLANK_FIELD, COLOUR_SPELLINGS, NO, SPELLINGS, spellingsOf, YES } from './spellings.ts';

/**
 * Building blocks of the schemas of parameters and fields. The schemas validate requests and generate the OpenAPI document
 * (openapi/), so that the two cannot differ.
 */

export const ONCE = 'must be text and sent once';

/** One of some words. */
export const choice = <const Word extends string>(
  words: readonly Word[],
  message: string,
  aliases: Readonly<Record<string, Word>> = {},
) =>
  z
    .string(message)
    .transform((text) => {
      const word = text.trim().toLowerCase();
      return aliases[word] ?? word;
    })
    .pipe(z.enum(words, message))
    .meta({ [SPELLINGS]: spellingsOf(...words, ...Object.keys(aliases)) });

const ALL_FLAGS: ReadonlySet<string> = new Set([...YES, ...NO]);

/** A boolean. */
export const yesOrNo = (description: string) =>
  z
    .string('must be true or false')
    .transform((text) => text.trim().toLowerCase())
    .refine((word) => ALL_FLAGS.has(word), 'must be true or false')
    .transform((word) => YES.includes(word))
    .pipe(z.boolean())
    .meta({ description, [SPELLINGS]: spellingsOf(...YES, ...NO) });

/** A number of at most 9 digits; an integer in the OpenAPI document. */
export const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string(message)
    .transform((text) => text.trim())
    .pipe(
      z
        .string()
        .regex(/^\d{1,9}$/, message)
        .transform(Number),
    )
    .pipe(z.int(message).min(min, message).max(max, message))
    .meta({ [SPELLINGS]: BLANK_FIELD });
};

const COLOUR = /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/;
const COLOUR_MESSAGE = 'must be a colour such as #ffffff or #fff';

/** A colour as `#rrggbb` (CSS Color 4, section 5.2). */
export const colour = (description: string) =>
  z
    .string(COLOUR_MESSAGE)
    .transform((text) => text.trim().toLowerCase())
    .pipe(z.string().regex(COLOUR, COLOUR_MESSAGE))
    .transform((text) => {
      const digits = text.replace('#', '');
      return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`;
    })
    .pipe(z.string())
    .meta({ description, pattern: '^#[0-9a-f]{6}$', [SPELLINGS]: COLOUR_SPELLINGS });

export const flag = (description: string) => yesOrNo(description).default(false).meta({ description });

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

/** Without known fields left blank, which HTML forms and many libraries send for what was not filled in. */
const withoutBlanks = (fields: object, known: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (!Object.hasOwn(known, name)) return [[name, value]];
      const kept = Array.isArray(value) ? value.filter((each) => !isBlank(each)) : value;
      if (isBlank(kept) || (Array.isArray(kept) && kept.length === 0)) return [];
      return [[name, Array.isArray(kept) && kept.length === 1 ? kept[0] : kept]];
    }),
  );

/**
 * Validates fields or a query against their schema; blank ones count as absent.
 * @throws AppError `invalid_field` with every error and the name of its field
 */
export const readFields = <Schema extends z.ZodObject>(schema: Schema, given: object): z.infer<Schema> =>
  readObject(schema, withoutBlanks(given, schema.shape));

/** The same for a JSON object, whose lists are lists even if they have one entry. */
export const readObject = <Schema extends z.ZodObject>(schema: Schema, given: object): z.infer<Schema> => {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(', ');
  const errors = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? {
          field: [...issue.path, issue.keys.join(', ')].join('.'),
          message: issue.path.length > 0 ? 'is not known' : `is not a parameter of this call; allowed: ${known}`,
        }
      : { field: issue.path.join('.'), message: issue.message },
  );
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new AppError('invalid_field', `${detail}.`, { details: { errors } });
};
