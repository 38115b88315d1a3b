import { z } from 'zod';
import {
  deliveriesAnswer,
  healthAnswer,
  listAnswer,
  problem,
  progressEvent,
  readyAnswer,
  redeliverAnswer,
  requestSummary,
  statusAnswer,
  uploadAnswer,
} from './answers.ts';
import { KEY_PROBLEMS, PATHS } from './operations.ts';
import type { Json, Operation } from './parts.ts';

const ANSWERS = {
  UploadAnswer: uploadAnswer,
  StatusAnswer: statusAnswer,
  RequestSummary: requestSummary,
  ProgressEvent: progressEvent,
  ListAnswer: listAnswer,
  DeliveriesAnswer: deliveriesAnswer,
  RedeliverAnswer: redeliverAnswer,
  Problem: problem,
  HealthAnswer: healthAnswer,
  ReadyAnswer: readyAnswer,
};

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'One of `API_KEYS`.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The same key in a header of its own.' },
};
const EITHER_KEY = [{ bearer: [] }, { apiKey: [] }];

/**
 * The OpenAPI 3.1 document, from the schemas that check the requests and those that tests hold the answers against.
 * @param options.needsKey whether API_KEYS is set: then calls under /api ask for one
 */
export const openApiDocument = ({ needsKey }: { readonly needsKey: boolean }): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Bulk image processor',
    version: '0.1.0',
    description:
      'A CSV of products with image URLs goes in; every image is downloaded, compressed and stored; the same CSV with ' +
      'output URLs comes out, and a webhook says when it is done. Every error is a problem document with a stable `code`.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'Requests', description: 'Upload, follow, fetch.' },
    { name: 'Webhooks', description: 'What was told, and how that went.' },
    { name: 'Outputs', description: 'The processed images.' },
    { name: 'Operation', description: 'For probes and monitoring.' },
  ],
  ...(needsKey ? { security: EITHER_KEY } : {}),
  paths: Object.fromEntries(
    Object.entries(PATHS).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [method, guarded(operation, needsKey)]),
      ),
    ]),
  ),
  components: {
    schemas: answerSchemas(),
    ...(needsKey ? { securitySchemes: SECURITY_SCHEMES } : {}),
  },
});

const guarded = (operation: Operation, needsKey: boolean): Operation =>
  needsKey && operation.security === undefined
    ? { ...operation, responses: { ...operation.responses, ...KEY_PROBLEMS } }
    : operation;

/** Open to further members, as answers may gain some; so clients must skip what they do not know. */
const answerSchemas = (): Json => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(ANSWERS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema]),
  );
};
