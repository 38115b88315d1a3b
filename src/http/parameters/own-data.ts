import { z } from 'zod';
import { METADATA_KEPT } from '../../output-formats.ts';
import { plainName } from './job-name.ts';
import { SPELLINGS, spellingsOf } from './spellings.ts';

/** What a client attaches to its requests, to find them again and to know them in answers and webhooks. */

const MAX_LABEL = 100;
const LABEL = `must be text of 1 to ${MAX_LABEL} characters, sent once`;

/** Empty where nothing of it is readable, which is none. */
export const label = z.string(LABEL).transform(plainName).pipe(z.string().max(MAX_LABEL, LABEL));

const MAX_ENTRIES = 20;
const MAX_VALUE = 200;
const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const MESSAGE =
  `must be a JSON object of up to ${MAX_ENTRIES} texts of up to ${MAX_VALUE} characters, whose names have up to 40 letters, ` +
  'digits, _ and - and begin with a letter; or none or rights, as keepMetadata';

/** Canonical, and what of it a pattern can say; for the OpenAPI document only. */
const ENTRY = `"[A-Za-z][A-Za-z0-9_-]{0,39}":"[ !#-Z^-~]{0,${MAX_VALUE}}"`;
const PATTERN = `^\\{(?:${ENTRY}(?:,${ENTRY}){0,${MAX_ENTRIES - 1}})?\\}$`;

const entriesOf = (text: string): [string, string][] | null => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    const entries = Object.entries(parsed);
    const fits = ([name, value]: [string, unknown]): boolean =>
      KEY.test(name) && typeof value === 'string' && value.length <= MAX_VALUE && value.isWellFormed();
    return entries.length <= MAX_ENTRIES && entries.every(fits) ? entries : null;
  } catch {
    return null;
  }
};

/** As JSON, or one of the words of `keepMetadata`, which this field had for itself in earlier releases. */
export const ownMetadata = z
  .string(MESSAGE)
  .transform((text, context) => {
    const word = text.trim().toLowerCase();
    if (METADATA_KEPT.some((known) => known === word)) return word;
    const entries = entriesOf(text);
    if (entries !== null) return JSON.stringify(Object.fromEntries(entries));
    context.addIssue({ code: 'custom', message: MESSAGE });
    return z.NEVER;
  })
  .pipe(z.string())
  .meta({
    description:
      'A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the ' +
      'object itself. `none` or `rights` is taken as `keepMetadata`.',
    pattern: PATTERN,
    examples: ['{"order":"4711"}'],
    [SPELLINGS]: spellingsOf(...METADATA_KEPT),
  });

export const isOwn = (metadata: string | undefined): metadata is string => metadata?.startsWith('{') === true;
