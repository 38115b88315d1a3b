/**
 * Version of the layout of stored documents. Requests, upload keys and deliveries carry it as `schemaVersion`; images and
 * rows have that of their request; the document `schema` in `meta` has the version of all data. 1: releases before the field, whose documents have none. A release that changes the
 * layout adds one here and its step to database/upgrade.ts.
 */
export const SCHEMA_VERSION = 2;
