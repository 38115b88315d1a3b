import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../errors.ts';

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
  /** Empty: open even where keys are set. */
  readonly security?: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<number, Answer>>;
}

export const exampleId = '0190a6f0-5b1c-4c3e-9a51-3f1f6f0f7b2d';
export const csvExample =
  'S. No.,Product Name,Input Image Urls,Output Image Urls\r\n' +
  `1,Mug,https://shop.example/mug.jpg,http://localhost:3000/processed_images/${exampleId}.jpg\r\n`;
const UPLOADED_EXAMPLE = 'S. No.,Product Name,Input Image Urls\r\n1,Mug,https://shop.example/mug.jpg\r\n';

export const statusExample = {
  requestId: exampleId,
  status: 'completed',
  createdAt: '2026-01-31T12:00:00.000Z',
  startedAt: '2026-01-31T12:00:00.100Z',
  finishedAt: '2026-01-31T12:00:01.000Z',
  options: { quality: 50, format: 'jpeg', mozjpeg: false, progressive: false },
  progress: { total: 1, completed: 1, failed: 0, cancelled: 0, pending: 0, percent: 100 },
  bytes: { in: 200_000, out: 80_000, savedPercent: 60 },
  webhook: null,
  report: {
    products: [
      {
        ...{ serialNumber: '1', productName: 'Mug', images: 1 },
        ...{ bytesIn: 200_000, bytesOut: 80_000, savedPercent: 60 },
      },
    ],
    productCount: 1,
    failures: [],
  },
  products: [
    {
      serialNumber: '1',
      productName: 'Mug',
      images: [
        {
          id: exampleId,
          index: 0,
          inputUrl: 'https://shop.example/mug.jpg',
          status: 'completed',
          outputUrl: `http://localhost:3000/processed_images/${exampleId}.jpg`,
          contentType: 'image/jpeg',
          bytesIn: 200_000,
          bytesOut: 80_000,
          width: 1200,
          height: 900,
          notes: [],
          attempts: 1,
          error: null,
        },
      ],
    },
  ],
  next: null,
};

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
        },
        encoding: { file: { contentType: 'text/csv' } },
        example: { file: UPLOADED_EXAMPLE, quality: 50 },
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
