import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../errors.ts';
import { requestId } from '../parameters/reads.ts';
import { BLANK_FIELD, OTHER_SPELLINGS, SPELLINGS, spellingsOf, YES_SPELLINGS } from '../parameters/spellings.ts';
import { RECORDED } from './recorded.ts';

/** A JSON Schema or another part of the document. */
export type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly description: string;
  readonly content?: Json;
  readonly headers?: Json;
  readonly links?: Json;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** Undefined: requires a tenant's key if keys are set. Empty: always public. */
  readonly security?: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<number, Answer>>;
  /** Shown with the call; a common extension introduced by Redocly. */
  readonly 'x-codeSamples'?: readonly Json[];
}

export const exampleId = RECORDED.requestId;
/** The CSV of the examples: two of the sample photos and a missing one. */
const UPLOADED_EXAMPLE =
  'S. No.,Product Name,Input Image Urls\r\n' +
  '1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg\r\n' +
  '2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg"\r\n';

export const schemaRef = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** Codes that every call under /api can return in addition to its own. */
export const ANY_CALL: readonly ErrorCode[] = [
  'invalid_request',
  'headers_too_large',
  'internal_error',
  'database_unavailable',
  'shutting_down',
];

export const json = (name: string, description: string, example: unknown): Answer => ({
  description,
  content: { 'application/json': { schema: schemaRef(name), example } },
});

/** A parameter's JSON Schema, with the type after parsing. */
const requestSchema = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
};

export const pathParameter = (name: string, schema: z.ZodType, example: string): Json => {
  const { description, ...rest } = requestSchema(schema);
  return { name, in: 'path', required: true, description, schema: rest, example };
};

/** Without an example: clients made of the document would send it, and a key of an upload may be used once only. */
export const headerParameter = (name: string, schema: z.ZodType): Json => {
  const { description, ...rest } = requestSchema(schema);
  return { name, in: 'header', required: false, description, schema: rest };
};

/** The `requestId` in the path. */
export const byId = pathParameter('requestId', requestId, exampleId);

/** A property with its other spellings as an alternative, which client-types.mjs leaves out. */
const withSpellings = (property: Json): Json => {
  const { description, default: byDefault, examples, [SPELLINGS]: spellings, ...canonical } = property;
  const isPlainText = canonical.type === 'array' || (canonical.type === 'string' && !isRestricted(canonical));
  if (isPlainText) return property;
  return {
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...(examples === undefined ? {} : { examples }),
    anyOf: [canonical, { title: OTHER_SPELLINGS, type: 'string', pattern: spellings ?? BLANK_FIELD }],
  };
};

const isRestricted = ({ pattern, format, enum: values }: Json): boolean =>
  [pattern, format, values].some((rule) => rule !== undefined);

/** The query parameters of a strict object, which rejects others. */
export const parameters = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...rest } = withSpellings(requestSchema(schema as z.ZodType));
    return { name, in: 'query', required: false, description, schema: rest };
  });

/** Matches a text field that is not blank; numbers match too. */
const FILLED = '[!-~]';

/** An option of the JPEG encoder set with another format. */
const withoutJpeg = (option: string): Json => ({
  required: ['format', option],
  properties: {
    format: { not: { pattern: spellingsOf('jpeg', 'jpg') } },
    [option]: { anyOf: [{ const: true }, { type: 'string', pattern: YES_SPELLINGS }] },
  },
});

/** `outputs` together with what it is in place of, or with an option of the JPEG encoder and no JPEG among them. */
const unfitOutputs: readonly Json[] = [
  ...['format', 'quality'].map((name) => ({
    required: ['outputs', name],
    properties: { outputs: { pattern: FILLED }, [name]: { pattern: FILLED } },
  })),
  ...['mozjpeg', 'progressive'].map((option) => ({
    required: ['outputs', option],
    properties: {
      outputs: { pattern: FILLED, not: { pattern: '[jJ][pP][eE]?[gG]' } },
      [option]: { anyOf: [{ const: true }, { type: 'string', pattern: YES_SPELLINGS }] },
    },
  })),
];

/** Fields with their other spellings, as the properties of a body. One that is required has none: blank is as good as absent. */
const bodyProperties = (fields: z.ZodObject, required: readonly string[] = []): Json =>
  Object.fromEntries(
    Object.entries(requestSchema(fields).properties as Record<string, Json>).map(([name, property]) => [
      name,
      required.includes(name) ? property : withSpellings(property),
    ]),
  );

/** Duplicates `checkEncoding`, which cannot be converted to JSON Schema. */
const UNFIT_ENCODING: Json = { anyOf: [...['mozjpeg', 'progressive'].map(withoutJpeg), ...unfitOutputs] };

/** A JSON object in place of a file. */
export const jsonContent = (fields: z.ZodObject, required: readonly string[], example: Json): Json => ({
  'application/json': {
    schema: {
      type: 'object',
      required,
      additionalProperties: false,
      properties: bodyProperties(fields, required),
      not: UNFIT_ENCODING,
    },
    example,
  },
});

/**
 * Bodies that carry a file and the given fields, all optional: multipart, or the file itself with the fields in the query.
 * Plain objects, as generators of clients make nothing usable of alternatives.
 */
export const fileUpload = (fields: z.ZodObject, others: Json = {}): Json => {
  const file = { type: 'string', format: 'binary', description: 'The CSV, plain or as .csv.gz.' };
  return {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          additionalProperties: false,
          properties: { file: { ...file, examples: [UPLOADED_EXAMPLE] }, ...bodyProperties(fields) },
          not: UNFIT_ENCODING,
        },
        encoding: { file: { contentType: 'text/csv' } },
        // Nothing optional: clients made of the document send what they find here.
        example: { file: UPLOADED_EXAMPLE },
      },
      'text/csv': { schema: { type: 'string' } },
      'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
      ...others,
    },
  };
};

/** A required JSON object. */
export const jsonBody = (fields: z.ZodObject, example: Json): Json => ({
  required: true,
  content: { 'application/json': { schema: requestSchema(fields), example } },
});

/** An optional one. Without an example, which clients made of the document would send with every call. */
export const optionalJsonBody = (fields: z.ZodObject): Json => ({
  required: false,
  content: { 'application/json': { schema: requestSchema(fields) } },
});

/** Responses for these codes, merged by status, each code with its own example. */
export const problems = (...codes: readonly ErrorCode[]): Record<number, Answer> => {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, shared]) => [
      status,
      {
        description: `${STATUS_CODES[status]}: ${shared.map((code) => `\`${code}\``).join(', ')}`,
        ...(status === 429 || status === 503 || shared.includes('idempotency_key_in_use')
          ? { headers: { 'Retry-After': RETRY_AFTER } }
          : {}),
        content: {
          'application/problem+json': {
            schema: schemaRef('Problem'),
            examples: Object.fromEntries(shared.map((code) => [code, { value: problemExample(code) }])),
          },
        },
      },
    ]),
  );
};

const RETRY_AFTER = { description: 'Seconds to wait.', required: true, schema: { type: 'integer', minimum: 0 } };

const problemExample = (code: ErrorCode): Json => {
  const { status, message } = ERRORS[code];
  return {
    type: `urn:bulk-image-processor:problem:${code}`,
    title: STATUS_CODES[status],
    status,
    code,
    detail: message,
    instance: `urn:uuid:${exampleId}`,
  };
};
