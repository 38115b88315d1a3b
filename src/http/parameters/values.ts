import { z } from 'zod';
import { AppError } from '../../errors.ts';

/**
 * Building blocks of the schemas of parameters and fields. The schemas validate requests and generate the OpenAPI document
 * (openapi/), so that the two cannot differ.
 */

export const ONCE = 'must be text and sent once';

/** A number in a query or form field; an integer in the OpenAPI document. */
export const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string(message)
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.int(message).min(min, message).max(max, message));
};

/** `true` or `false` as a form field. */
export const yesOrNo = (description: string) =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .pipe(z.boolean())
    .meta({ description });

export const flag = (description: string) => yesOrNo(description).default(false).meta({ description });

/**
 * Validates fields or a query against their schema.
 * @throws AppError `invalid_field` with every error and the name of its field
 */
export const readFields = <Schema extends z.ZodObject>(schema: Schema, given: object): z.infer<Schema> => {
  const parsed = schema.safeParse({ ...given });
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(', ');
  const errors = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? { field: issue.keys.join(', '), message: `is not a parameter of this call; allowed: ${known}` }
      : { field: issue.path.join('.'), message: issue.message },
  );
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new AppError('invalid_field', `${detail}.`, { details: { errors } });
};
