import { openApiDocument } from '../../dist/http/openapi/document.js';
import { code, table } from './table.mjs';

const document = openApiDocument({ needsKey: true, metricsNeedKey: true });

const pathOf = (path) => path.replaceAll(/\{(\w+)\}/g, ':$1');

const calls = () =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const statuses = Object.keys(operation.responses);
      const successes = statuses.filter((status) => Number(status) < 400);
      const errors = statuses.filter((status) => Number(status) >= 400);
      return [
        code(`${method.toUpperCase()} ${pathOf(path)}`),
        operation.summary,
        successes.join(', '),
        errors.join(', '),
      ];
    }),
  );

const rangeOf = ({ anyOf, ...schema }) => rangeOfCanonical(anyOf?.[0] ?? schema);

const rangeOfCanonical = ({ enum: values, minimum, maximum, maxLength, type }) => {
  if (values !== undefined) return values.map(code).join(', ');
  if (maximum !== undefined) return `${minimum} to ${maximum.toLocaleString('en-US')}`;
  if (type === 'boolean') return '`true`, `false`';
  return maxLength === undefined ? '' : `up to ${maxLength.toLocaleString('en-US')} characters`;
};

const uploadFields = () => {
  const { content } = document.paths['/api/upload'].post.requestBody;
  const [file, ...fields] = Object.entries(content['multipart/form-data'].schema.properties);
  const { fileUrl } = content['application/json'].schema.properties;
  return [file, ['fileUrl', fileUrl], ...fields].map(([name, schema]) => [
    code(name),
    schema.default === undefined ? '' : code(schema.default),
    rangeOf(schema),
    schema.description,
  ]);
};

const parameters = () =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      (operation.parameters ?? [])
        .filter(({ in: place }) => place !== 'path' && !(place === 'query' && operation.requestBody))
        .map(({ name, in: place, schema, description }) => [
          code(`${method.toUpperCase()} ${pathOf(path)}`),
          code(name),
          place,
          schema.default === undefined ? '' : code(schema.default),
          rangeOf(schema),
          description,
        ]),
    ),
  );

/** Calls, fields and parameters from the OpenAPI document that the service serves. */
export const httpBlocks = () => ({
  'http:calls': table(['call', 'what it does', 'success', 'errors'], calls()),
  'http:upload': table(['field', 'default', 'values', 'meaning'], uploadFields()),
  'http:parameters': table(['call', 'parameter', 'in', 'default', 'values', 'meaning'], parameters()),
});
