/**
 * Prints the types of the client: the OpenAPI document of the built service through openapi-typescript.
 * It needs the JavaScript API of TypeScript 5, which TypeScript 7 no longer has, so it gets the package `typescript-5`.
 */
import { register } from 'node:module';

const hook = `export const resolve = (name, context, next) => next(name === 'typescript' ? 'typescript-5' : name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`, import.meta.url);

const { default: openapiTS, astToString } = await import('openapi-typescript');
const { default: ts } = await import('typescript-5');
const { OTHER_SPELLINGS } = await import('../dist/http/parameters/spellings.js');
const { openApiDocument } = await import('../dist/http/openapi/document.js');

/** Without the other spellings that the service accepts: a program uses the canonical ones, and gets its mistakes told. */
const canonical = (schema) => {
  if (Array.isArray(schema)) return schema.map(canonical);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { anyOf, ...rest } = schema;
  const [first] = anyOf ?? [];
  if (anyOf?.at(-1)?.title === OTHER_SPELLINGS) return { ...rest, ...first };
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, canonical(value)]));
};

/** Files are what `fetch` and forms take. */
const file = ts.factory.createTypeReferenceNode('Blob');
const transform = ({ format }) => (format === 'binary' ? file : undefined);

const document = canonical(openApiDocument({ needsKey: true, metricsNeedKey: true }));
const types = await openapiTS(document, { transform });
process.stdout.write(`/**
 * Types of the API, made of its OpenAPI document by \`npm run generate\`.
 */
// biome-ignore-all format: generated
// biome-ignore-all lint: generated

${astToString(types)}`);
