import { z } from 'zod';

/** Names of requests: for people, so any text of one line. */

export const MAX_NAME_CHARACTERS = 200;
const LENGTH = `must be text of 1 to ${MAX_NAME_CHARACTERS} characters, sent once`;

/** One line, without characters that cannot be seen or that change the direction of the text around them. */
export const plainName = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]+/gu, '')
    .trim();

/** In an upload, where nothing readable counts as none. */
export const jobName = z.string(LENGTH).transform(plainName).pipe(z.string().max(MAX_NAME_CHARACTERS, LENGTH));

/** The body of `PATCH /api/requests/:requestId`. */
export const renameFields = z.strictObject({
  name: jobName.pipe(z.string().min(1, LENGTH).max(MAX_NAME_CHARACTERS)).meta({ description: 'The new name.' }),
});
