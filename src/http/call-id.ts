import type { IncomingMessage, ServerResponse } from 'node:http';
import { v4 as uuid } from 'uuid';

/** Ids of a call, for the log: those that a proxy or a client has given it, if they are well-formed and short. */

/** Nothing that could forge a line of a log or a header. */
const CALL_ID = /^[A-Za-z0-9][A-Za-z0-9._:@/+=-]{0,127}$/;
/** Version, trace id, parent id and flags (W3C Trace Context). Later versions may have more, which is not repeated. */
const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** What the standard calls invalid. */
const NONE = /^(?:ff|0{16}|0{32})$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of the call, as the client has it in `X-Request-Id` or a new one; the response has it too, and its trace. */
export const assignCallId = (req: IncomingMessage, res: ServerResponse): string => {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && CALL_ID.test(given) ? given : uuid();
  res.setHeader('X-Request-Id', id);
  const trace = traceOf(req.headers.traceparent);
  if (trace !== null) res.setHeader('traceparent', trace.header);
  return id;
};

/** The trace that the call is part of; null if it names none, or not well-formed. */
export const traceOf = (header: unknown) => {
  const [, version = '', traceId = '', parentId = '', flags, more] = TRACE_PARENT.exec(String(header)) ?? [];
  if (traceId === '' || [version, traceId, parentId].some((part) => NONE.test(part))) return null;
  if (version === '00' && more !== undefined) return null;
  return { traceId, parentId, header: [version, traceId, parentId, flags].join('-') };
};

/** As the `instance` of a problem. */
export const callUrn = (id: string): string =>
  UUID.test(id) ? `urn:uuid:${id}` : `urn:bulk-image-processor:call:${id}`;
