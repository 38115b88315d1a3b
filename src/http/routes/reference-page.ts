/*
 * The page at /docs around Swagger UI. Its script runs in the browser, so it is kept here as text: it renders the
 * `x-codeSamples` of an operation, which Swagger UI does not.
 */

export const referenceStyle = `body { margin: 0; }
.code-samples { padding: 0 20px 20px; }
.code-samples summary { cursor: pointer; padding: 6px 0; font: 700 14px sans-serif; }
.code-samples pre { margin: 0; padding: 12px; overflow: auto; background: #1f2430; color: #f3f3f3; font: 12px/1.5 monospace; }
`;

export const referenceScript = `const codeSamples = (system) => ({
  wrapComponents: {
    responses: (Original) => (props) => {
      const { createElement } = system.React;
      const { path, method, specSelectors } = props;
      const samples = specSelectors.specJson().getIn(['paths', path, method, 'x-codeSamples']);
      const rendered = (samples ?? []).map((sample) =>
        createElement('details', { key: sample.get('lang') },
          createElement('summary', null, sample.get('label')),
          createElement('pre', { tabIndex: 0 }, sample.get('source'))));
      return createElement(system.React.Fragment, null,
        samples && createElement('div', { className: 'code-samples' }, rendered.toArray()),
        createElement(Original, props));
    },
  },
});

SwaggerUIBundle({
  url: 'docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [codeSamples],
});
`;

export const referencePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bulk image processor: the API</title>
<link rel="icon" href="docs/favicon.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/reference.css">
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript. The OpenAPI document: <a href="docs/openapi.json">docs/openapi.json</a></noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/reference.js"></script>
</body>
</html>
`;
