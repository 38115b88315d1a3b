import { z } from 'zod';
import { VERSION } from '../../network/user-agent.ts';
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
} from './answers.ts';
import { previewAnswer, requestAnswer, uploadAnswer } from './file-answer.ts';
import { KEY_PROBLEMS, PATHS } from './operations.ts';
import type { Json, Operation } from './parts.ts';
import { anyPreviewAnswer, trialAnswer } from './trial-answer.ts';
import { completionEvent, WEBHOOKS } from './webhooks.ts';

const ANSWERS = {
  UploadAnswer: uploadAnswer,
  PreviewAnswer: previewAnswer,
  TrialAnswer: trialAnswer,
  AnyPreviewAnswer: anyPreviewAnswer,
  RequestAnswer: requestAnswer,
  StatusAnswer: statusAnswer,
  RequestSummary: requestSummary,
  ProgressEvent: progressEvent,
  ListAnswer: listAnswer,
  DeliveriesAnswer: deliveriesAnswer,
  RedeliverAnswer: redeliverAnswer,
  CompletionEvent: completionEvent,
  Problem: problem,
  HealthAnswer: healthAnswer,
  ReadyAnswer: readyAnswer,
};

const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'One of `API_KEYS`; each key sees the requests of its own tenant.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The same key in its own header.' },
  operator: { type: 'http', scheme: 'bearer', description: 'One of `OPERATOR_KEYS`, for `/metrics` only.' },
};
const EITHER_KEY = [{ bearer: [] }, { apiKey: [] }];
/** A key may be sent where none is required. */
const NO_KEY = [{}];

export interface DocumentOptions {
  /** API_KEYS is set: calls under /api require a key. */
  readonly needsKey: boolean;
  /** API_KEYS or OPERATOR_KEYS is set: /metrics requires an operator key. */
  readonly metricsNeedKey: boolean;
}

/** The OpenAPI 3.1 document, from the schemas that validate requests and those that tests check responses against. */
export const openApiDocument = ({ needsKey, metricsNeedKey }: DocumentOptions): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Bulk image processor',
    version: VERSION,
    description:
      'Upload a CSV of products with image URLs: every image is downloaded, compressed and stored, and you get the same ' +
      'CSV with the output URLs. A webhook reports when it is done. Every error is a problem document with a stable `code`.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'Requests', description: 'Upload, follow, fetch.' },
    { name: 'Webhooks', description: 'Deliveries and their attempts.' },
    { name: 'Outputs', description: 'The processed images.' },
    { name: 'Operation', description: 'Probes and monitoring.' },
  ],
  security: [...(needsKey ? [] : NO_KEY), ...EITHER_KEY],
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
    securitySchemes: SECURITY_SCHEMES,
  },
  webhooks: WEBHOOKS,
});

const guarded = (operation: Operation, needsKey: boolean, metricsNeedKey: boolean): Operation => {
  const isForOperators = operation.security !== undefined && operation.security.length > 0;
  if (isForOperators && !metricsNeedKey) return { ...operation, security: [...NO_KEY, ...(operation.security ?? [])] };
  const isGuarded = isForOperators || (needsKey && operation.security === undefined);
  // An operation's own responses for a status list more codes than these.
  return isGuarded ? { ...operation, responses: { ...KEY_PROBLEMS, ...operation.responses } } : operation;
};

/** Additional properties are allowed, because responses may gain some; clients must ignore unknown ones. */
const answerSchemas = (): Json => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(ANSWERS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema]),
  );
};
