import { z } from 'zod';
import { PUBLIC_STATES } from '../../requests/types.ts';
import { MAX_PATTERN_CHARACTERS, NAME_PATTERN, namePatternError } from '../../results/archive-names.ts';
import type { ListPlace } from '../../results/listing.ts';
import { OUTPUT_NAME } from '../../storage/storage.ts';
import { label } from './own-data.ts';
import { choice, ONCE, wholeNumber, yesOrNo } from './values.ts';

/** Parameters of the calls that read. */

export const DEFAULT_LIMIT = 1_000;
export const MAX_LIMIT = 10_000;
export const MAX_AFTER = 999_999_999;

export const requestId = z.uuid().meta({ description: 'The `requestId` returned by the upload.' });

export const imageName = z
  .string()
  .regex(OUTPUT_NAME)
  .meta({ description: 'The image id with the extension of its format, as in `outputUrl`.' });

export const statusQuery = z.strictObject({
  limit: wholeNumber(1, MAX_LIMIT).default(DEFAULT_LIMIT).meta({ description: 'Maximum number of images per page.' }),
  after: wholeNumber(0, MAX_AFTER)
    .optional()
    .meta({ description: 'Only images after this position, counted from 0 across the request.' }),
});

/** `<milliseconds since the epoch>.<requestId>`, as in `next`. */
const LIST_PLACE = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const STATE = `(?:${PUBLIC_STATES.join('|')})`;

/** RFC 3339; without a zone it is UTC, as many programs write it. */
const MOMENT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)?$/;
const MOMENT_MESSAGE = 'must be a time such as 2026-01-31T12:00:00Z (a + is written as %2B)';

const moment = (description: string) =>
  z
    .string(MOMENT_MESSAGE)
    .transform((text, context) => {
      const [, date, time, zone = 'Z'] = MOMENT.exec(text.trim().toUpperCase()) ?? [];
      const at = new Date(`${date}T${time}${zone}`);
      if (!Number.isNaN(at.getTime())) return at.toISOString();
      context.addIssue({ code: 'custom', message: MOMENT_MESSAGE });
      return z.NEVER;
    })
    .pipe(z.string())
    .optional()
    .meta({ description, format: 'date-time' });

export const listQuery = z.strictObject({
  status: z
    .string(ONCE)
    .refine(
      (states) => states.split(',').every((state) => PUBLIC_STATES.some((known) => known === state)),
      `must be one or several of ${PUBLIC_STATES.join(', ')}, separated by commas`,
    )
    .optional()
    .meta({
      description: 'Only requests in this state, or in one of several separated by commas.',
      pattern: `^${STATE}(?:,${STATE})*$`,
      examples: ['queued,processing'],
    }),
  q: z
    .string(ONCE)
    .trim()
    .max(200, 'is longer than 200 characters')
    .optional()
    .meta({
      description:
        'Only requests with this text in their name, in upper or lower case. A call looks through 2,000 requests; `next` ' +
        'goes on from there, so a page may have fewer than `limit`.',
    }),
  label: label.optional().meta({ description: 'Only requests with this label.', examples: ['spring-2026'] }),
  createdAfter: moment('Only requests uploaded at this time or later.'),
  createdBefore: moment('Only requests uploaded before this time.'),
  limit: wholeNumber(1, 100).default(20).meta({ description: 'Maximum number of requests per page.' }),
  after: z
    .string(ONCE)
    .regex(LIST_PLACE, 'must be taken from "next"')
    .optional()
    .meta({ description: 'Only requests after this one; taken from `next` of the previous page.' }),
});

/** Parses `after` of the list. */
export const listPlace = (after: string): ListPlace => {
  const [, milliseconds, id = ''] = LIST_PLACE.exec(after) ?? [];
  return { createdAt: new Date(Number(milliseconds)), requestId: id };
};

const tableChoice = {
  formulas: choice(['escape', 'keep'], 'must be escape or keep')
    .optional()
    .meta({ description: 'As in the upload, whose choice is the default.' }),
  bom: yesOrNo('As in the upload, whose choice is the default.').optional(),
  format: choice(['csv', 'xlsx'], 'must be csv or xlsx').default('csv').meta({
    description:
      'Format of the file. `formulas` and `bom` are for `csv` only: a cell of a workbook is never a formula.',
  }),
};

export const outputQuery = z.strictObject({
  output: choice(['add', 'replace'], 'must be add or replace')
    .optional()
    .meta({ description: 'As in the upload, whose choice is the default.' }),
  columns: choice(['details'], 'must be details')
    .optional()
    .meta({ description: '`details` adds `Bytes Before`, `Bytes After`, `Width` and `Height`.' }),
  ...tableChoice,
});

export const errorsQuery = z.strictObject(tableChoice);

export const archiveQuery = z.strictObject({
  names: z
    .string(ONCE)
    .max(MAX_PATTERN_CHARACTERS, `is longer than ${MAX_PATTERN_CHARACTERS} characters`)
    .superRefine((pattern, context) => {
      const message = namePatternError(pattern);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .meta({
      description:
        'Names of the files, of text and `{serial}`, `{product}`, `{row}`, `{n}`, `{original}` or `{id}`; `/` makes folders. ' +
        'The extension is added, and repeated names are numbered.',
      pattern: NAME_PATTERN,
      examples: ['{serial}-{n}'],
    }),
});
