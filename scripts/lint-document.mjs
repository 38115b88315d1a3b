/** Prints what Redocly's recommended rules find in the OpenAPI document that comes on stdin, one problem a line. */
import { text } from 'node:stream/consumers';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const config = await createConfig({ extends: ['recommended'] });
const problems = await lintFromString({ source: await text(process.stdin), absoluteRef: '/openapi.json', config });
for (const { severity, ruleId, message, location } of problems) {
  console.log(`${severity} ${ruleId}: ${message} ${location[0]?.pointer ?? ''}`);
}
