import type { Json } from '../openapi/parts.ts';
import { block, code, escaped, type Markup, prose } from './markup.ts';
import { type Call, type DocumentedOperation, methodBadge, operationMarkup, PROBLEM } from './operations.ts';
import { type Schemas, schemaMarkup } from './schemas.ts';

/** Addresses of what the build made for the page. */
export interface ReferenceAssets {
  readonly icon: string;
  readonly style: string;
}

interface Documented {
  readonly info: { readonly description: string; readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Schemas };
}

interface Problem {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
}

/** The OpenAPI document as a page without scripts; made once, since neither changes while the service runs. */
export const referencePage = (json: Json, { icon, style }: ReferenceAssets): Markup => {
  const document = json as unknown as Documented;
  const calls = callsOf(document);
  const schemas = schemaMarkup(document.components.schemas);
  const groups = document.tags.map(({ name, description }) => ({
    name,
    description,
    id: `calls-${name.toLowerCase()}`,
    calls: calls.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const problems = problemsOf(calls);
  const links = groups.map(
    ({ name, id, calls: own }) =>
      `<li><a href="#${id}">${escaped(name)}</a><ul>${own
        .map(
          ({ operation, method }) =>
            `<li><a href="#${escaped(operation.operationId)}">${methodBadge(method)} ${escaped(operation.operationId)}</a></li>`,
        )
        .join('')}</ul></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API reference · Bulk image processor</title>
<meta name="description" content="Every call of the bulk image processor's API, with its fields, errors and samples.">
<link rel="icon" href="${escaped(icon)}" type="image/svg+xml">
<link rel="stylesheet" href="${escaped(style)}">
</head>
<body>
<a class="skip-link" href="#main">Skip to content</a>
<header class="site-header">
<div class="site-width site-bar">
<a class="brand" href="/"><img src="${escaped(icon)}" alt="" width="28" height="28"><span>Bulk image processor</span></a>
<nav class="site-nav" aria-label="Service"><a class="link" href="/">Back to the app</a></nav>
</div>
</header>
<div class="site-width reference">
<nav class="calls" aria-label="Calls">
<ul>${links.join('\n')}<li><a href="#error-codes">Errors</a></li></ul>
</nav>
<main id="main" tabindex="-1">
<header class="intro">
<h1>API reference</h1>
<p class="lead">${prose(document.info.description)}</p>
<p class="muted">Version ${escaped(document.info.version)} · <a href="/docs/openapi.json">OpenAPI document</a> for Postman, code generators and the like</p>
<p>The commands below need the address of the service${!requiresKey(document.security) ? '' : ' and your key, as <code>X-Api-Key</code> or <code>Authorization: Bearer</code>'}:</p>
${block(`export SERVICE=http://localhost:3000${!requiresKey(document.security) ? '' : '\nexport API_KEY=…'}`)}
</header>
${groups
  .map(
    ({ name, description, id, calls: own }) =>
      `<section class="group" aria-labelledby="${id}">
<h2 id="${id}">${escaped(name)}</h2>
<p class="muted">${prose(description)}</p>
${own.map((call) => operationMarkup(call, schemas)).join('\n')}
</section>`,
  )
  .join('\n')}
<section class="group" aria-labelledby="error-codes">
<h2 id="error-codes">Errors</h2>
<p class="muted">Every error is a problem document (RFC 9457, ${code(PROBLEM)}). Its ${code('code')} does not change between versions.</p>
<h3>Fields</h3>
${schemas.fields({ $ref: '#/components/schemas/Problem' })}
<h3>Codes</h3>
<ul class="codes">${problems
    .map(
      ({ code: name, status, detail }) =>
        `<li id="error-${escaped(name)}"><p class="response"><span class="status status-${escaped(String(status).charAt(0))}">${status}</span> ${code(name)}</p><p>${prose(detail)}</p></li>`,
    )
    .join('\n')}</ul>
</section>
</main>
</div>
</body>
</html>
`;
};

/** An empty alternative stands for no key. */
const requiresKey = (security: readonly object[] = []): boolean =>
  security.length > 0 && security.every((alternative) => Object.keys(alternative).length > 0);

const callsOf = ({ paths, security }: Documented): Call[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      path,
      method,
      operation,
      needsKey: requiresKey(operation.security ?? security),
    })),
  );

/** Every problem that some call may answer, by status and code. */
const problemsOf = (calls: readonly Call[]): Problem[] => {
  const found = new Map<string, Problem>();
  for (const { operation } of calls) {
    for (const { content } of Object.values(operation.responses)) {
      for (const { value } of Object.values(content?.[PROBLEM]?.examples ?? {})) {
        const problem = value as Problem;
        found.set(problem.code, problem);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1));
};
