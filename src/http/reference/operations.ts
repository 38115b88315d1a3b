import { block, code, disclosure, escaped, type Markup, prose } from './markup.ts';
import type { Schema, SchemaMarkup } from './schemas.ts';

interface Example {
  readonly value?: unknown;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, Example>>;
}

type Content = Readonly<Record<string, Media>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: string;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content; readonly headers?: Content }>
  >;
  readonly 'x-codeSamples'?: readonly { readonly label: string; readonly source: string }[];
}

export const PROBLEM = 'application/problem+json';
const FORM = 'multipart/form-data';
const JSON_BODY = 'application/json';

export interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: DocumentedOperation;
  /** Whether a key has to be sent. */
  readonly needsKey: boolean;
}

export const methodBadge = (method: string): Markup =>
  `<span class="method method-${escaped(method)}">${escaped(method.toUpperCase())}</span>`;

/** A call as a section of the page. */
export const operationMarkup = ({ path, method, operation, needsKey }: Call, schemas: SchemaMarkup): Markup => {
  const { operationId, summary, description, requestBody, responses } = operation;
  const form = requestBody?.content[FORM]?.schema;
  const body = form === undefined ? requestBody?.content[JSON_BODY]?.schema : undefined;
  const samples = operation['x-codeSamples'] ?? [];
  return `<section class="operation" id="${escaped(operationId)}" aria-labelledby="${escaped(operationId)}-title">
<h3 id="${escaped(operationId)}-title"><a href="#${escaped(operationId)}">${escaped(summary)}</a></h3>
<p class="route">${methodBadge(method)} ${code(path)}</p>
${description === undefined ? '' : `<p>${prose(description)}</p>`}
${block(curl({ path, method, operation, needsKey }))}
${samples.map(({ label, source }) => disclosure(escaped(label), block(source))).join('\n')}
${parametersMarkup(operation.parameters ?? [], form, schemas)}
${form === undefined ? '' : `<h4>Form fields</h4><p class="muted">${code('fileUrl')} may be sent instead of ${code('file')}.</p>${schemas.fields(form, 'optional')}`}
${body === undefined ? '' : `<h4>JSON body${requestBody?.required === true ? '' : ', optional'}</h4>${schemas.fields(body, 'optional')}`}
<h4>Responses</h4>
<ul class="responses">${Object.entries(responses)
    .map(([status, response]) => responseMarkup(status, response, schemas))
    .join('\n')}</ul>
</section>`;
};

const parametersMarkup = (
  parameters: readonly Parameter[],
  form: Schema | undefined,
  schemas: SchemaMarkup,
): Markup => {
  const isField = (parameter: Parameter): boolean => form?.properties?.[parameter.name] !== undefined;
  const shown = parameters.filter((parameter) => !isField(parameter));
  const listed = shown.map(({ name, schema, required, description, ...parameter }) =>
    schemas.field(name, schema, `${parameter.in}${required ? '' : ', optional'}`, description),
  );
  return [
    listed.length === 0 ? '' : `<h4>Parameters</h4><ul class="fields">${listed.join('')}</ul>`,
    shown.length === parameters.length
      ? ''
      : '<p class="muted">The form fields below may be in the query instead, for example when the file is the body.</p>',
  ].join('');
};

/** A command that makes the call with nothing but what is required. */
const curl = ({ path, method, operation, needsKey }: Call): string => {
  const required = (operation.parameters ?? []).filter((parameter) => parameter.required);
  const filled = required.reduce((whole, { name, example = '' }) => whole.replace(`{${name}}`, example), path);
  const form = operation.requestBody?.content[FORM];
  const body = form === undefined ? operation.requestBody?.content[JSON_BODY]?.example : undefined;
  const parts = [
    method === 'get' || form !== undefined ? '' : `-X ${method.toUpperCase()}`,
    needsKey ? '-H "X-Api-Key: $API_KEY"' : '',
    form === undefined ? '' : '-F "file=@products.csv"',
    body === undefined ? '' : `-H "Content-Type: application/json" -d '${JSON.stringify(body)}'`,
    isFile(operation) ? '-OJ' : '',
    'text/event-stream' in (operation.responses[200]?.content ?? {}) ? '-N' : '',
    `"$SERVICE${filled}"`,
  ];
  return `curl ${parts.filter((part) => part !== '').join(' ')}`;
};

/** Binary files would garble a terminal. */
const isFile = ({ responses }: DocumentedOperation): boolean =>
  Object.keys(responses[200]?.content ?? {}).some((type) => /^(image|application\/zip)/.test(type));

const responseMarkup = (
  status: string,
  { description, content = {}, headers = {} }: DocumentedOperation['responses'][string],
  schemas: SchemaMarkup,
): Markup => {
  const named = `<p class="response"><span class="status status-${escaped(status.charAt(0))}">${escaped(status)}</span> `;
  const problems = content[PROBLEM];
  if (problems !== undefined) {
    const codes = Object.keys(problems.examples ?? {});
    return `<li>${named}${codes.map((one) => `<a href="#error-${escaped(one)}"><code>${escaped(one)}</code></a>`).join(', ')}</p></li>`;
  }
  const sent = Object.entries(headers).map(([name, header]) => `${code(name)}`.concat(headerNote(header)));
  const shown = Object.entries(content).map(([type, { schema, example }]) => {
    const { properties } = schemas.resolve(schema ?? {});
    const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
    return [
      properties === undefined ? '' : disclosure('Fields', schemas.fields(schema ?? {})),
      example === undefined ? '' : disclosure(`Example <span class="type">${escaped(type)}</span>`, block(text)),
    ].join('');
  });
  const types = Object.keys(content).map(code).join(', ');
  return `<li>${named}${prose(description)}${types === '' ? '' : ` <span class="type">${types}</span>`}</p>${
    sent.length === 0 ? '' : `<p>Headers: ${sent.join('; ')}</p>`
  }${shown.join('')}</li>`;
};

const headerNote = (header: Media & { readonly description?: string }): Markup =>
  header.description === undefined ? '' : ` (${prose(header.description.replace(/\.$/, ''))})`;
