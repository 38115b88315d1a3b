import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../errors.ts';
import { OUTPUT_FORMAT_NAMES } from '../../output-formats.ts';
import { RECORDED } from './recorded.ts';

/** A JSON Schema, or another piece of the document that is plain data. */
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
  /** Absent: asks for a tenant's key where keys are set. Empty: open even there. */
  readonly security?: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<number, Answer>>;
  /** Shown beside the call; the member that Redocly has made common. */
  readonly 'x-codeSamples'?: readonly Json[];
}

export const exampleId = RECORDED.requestId;
/** What the examples upload. Two of the sample photos, and one that is not there. */
const UPLOADED_EXAMPLE =
  'S. No.,Product Name,Input Image Urls\r\n' +
  '1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg\r\n' +
  '2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg"\r\n';

export const schemaRef = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** A schema of what requests carry, as the client sees it: the type that it has after reading. */
const requestSchema = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
};

export const pathParameter = (name: string, schema: z.ZodType, example: string): Json => {
  const { description, ...rest } = requestSchema(schema);
  return { name, in: 'path', required: true, description, schema: rest, example };
};

export const headerParameter = (name: string, schema: z.ZodType, example: string): Json => {
  const { description, ...rest } = requestSchema(schema);
  return { name, in: 'header', required: false, description, schema: rest, example };
};

/** The query parameters of a strict object: others are refused. */
export const parameters = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...rest } = requestSchema(schema as z.ZodType);
    return { name, in: 'query', required: false, description, schema: rest };
  });

/** An option of the JPEG encoder, asked for with another format. */
const withoutJpeg = (option: string): Json => ({
  required: ['format', option],
  properties: {
    format: { enum: OUTPUT_FORMAT_NAMES.filter((format) => format !== 'jpeg') },
    [option]: { const: true },
  },
});

/** A multipart body of one file in `file` and the given fields, all of them optional. */
export const fileUpload = (fields: z.ZodObject): Json => {
  const { properties } = requestSchema(fields);
  return {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          additionalProperties: false,
          properties: {
            file: { type: 'string', format: 'binary', description: 'The CSV.', examples: [UPLOADED_EXAMPLE] },
            ...(properties as Json),
          },
          // Said again by the schema that checks, which cannot be turned into JSON Schema there.
          not: { anyOf: ['mozjpeg', 'progressive'].map(withoutJpeg) },
        },
        encoding: { file: { contentType: 'text/csv' } },
        example: { file: UPLOADED_EXAMPLE, quality: 50, webhookUrl: 'http://127.0.0.1:8098/hooks/images' },
      },
    },
  };
};

/** Answers for these codes, together where they share a status; each with an example of its own. */
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
