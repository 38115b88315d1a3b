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
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'One of `API_KEYS`: each sees the requests of its own tenant.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The same key in a header of its own.' },
};
const OPERATOR_SCHEME = {
  operator: { type: 'http', scheme: 'bearer', description: 'One of `OPERATOR_KEYS`: for `/metrics` only.' },
};
const EITHER_KEY = [{ bearer: [] }, { apiKey: [] }];

export interface DocumentOptions {
  /** API_KEYS is set: calls under /api ask for one. */
  readonly needsKey: boolean;
  /** API_KEYS or OPERATOR_KEYS is set: /metrics asks for an operator's key. */
  readonly metricsNeedKey: boolean;
}

/** The OpenAPI 3.1 document, from the schemas that check the requests and those that tests hold the answers against. */
export const openApiDocument = ({ needsKey, metricsNeedKey }: DocumentOptions): Json => ({
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
        Object.entries(operations).map(([method, operation]) => [method, guarded(operation, needsKey, metricsNeedKey)]),
      ),
    ]),
  ),
  components: {
    schemas: answerSchemas(),
    ...(metricsNeedKey ? { securitySchemes: { ...(needsKey ? SECURITY_SCHEMES : {}), ...OPERATOR_SCHEME } } : {}),
  },
});

const guarded = (operation: Operation, needsKey: boolean, metricsNeedKey: boolean): Operation => {
  const isForOperators = operation.security !== undefined && operation.security.length > 0;
  if (isForOperators && !metricsNeedKey) return { ...operation, security: [] };
  const isGuarded = isForOperators || (needsKey && operation.security === undefined);
  // The call's own answers of a status name more codes than these.
  return isGuarded ? { ...operation, responses: { ...KEY_PROBLEMS, ...operation.responses } } : operation;
};

/** Open to further members, as answers may gain some; so clients must skip what they do not know. */
const answerSchemas = (): Json => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(ANSWERS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema]),
  );
};
