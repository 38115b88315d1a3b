import { MongooseError, mongo } from 'mongoose';
import { AppError } from '../errors.ts';

/** The driver's error classes for an unreachable server, including those of its connection pool. */
const OUTAGE_CLASSES = [
  mongo.MongoNetworkError,
  mongo.MongoServerSelectionError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoClientClosedError,
] as const;

/** Names of error classes that the driver does not export, and of mongoose's. */
const OUTAGE_NAMES = [
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoPoolClearedOnNetworkError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoStalePrimaryError',
  'MongooseServerSelectionError',
  'DisconnectedError',
];

/** Codes of MongoDB's error_codes.yml that the same call may not meet again. */
const OUTAGE_CODES: ReadonlySet<number> = new Set([
  // The network between servers: HostUnreachable, HostNotFound, NetworkTimeout, SocketException,
  // NetworkInterfaceExceededTimeLimit.
  ...[6, 7, 89, 9001, 202],
  // A shutdown or an election: ShutdownInProgress, PrimarySteppedDown, LegacyNotPrimary, NotWritablePrimary,
  // InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
  ...[91, 189, 10058, 10107, 11600, 11602, 13435, 13436],
  // No majority, or no primary known to a router: WriteConcernTimeout, FailedToSatisfyReadPreference,
  // ReadConcernMajorityNotAvailableYet.
  ...[64, 133, 134],
  // Too slow or too busy: MaxTimeMSExpired, ExceededTimeLimit, IngressRequestRateLimitExceeded.
  ...[50, 262, 462],
  // The cursor went with its server: CursorNotFound, CursorKilled.
  ...[43, 237],
]);

/** Labels by which a server says that the call may succeed when it is made again, whatever its code. */
const OUTAGE_LABELS = ['RetryableWriteError', 'RetryableError', 'TransientTransactionError', 'SystemOverloadedError'];

/** With `bufferCommands: false`, mongoose has no class for this error. */
const BEFORE_CONNECTION = /before initial connection is complete/;

/**
 * What Node.js' `net` says of a write to a socket whose other end has closed it. The driver passes it on as it is when a server dies
 * between two calls; nothing else of this process writes to such sockets and leaves the error to its caller.
 */
const WRITE_AFTER_END = { code: 'EPIPE', message: 'This socket has been ended by the other party' };

/** Of an error, a server's reply, or an error of one write in it; mongoose copies the latter without their getters. */
interface Reported {
  readonly code?: unknown;
  readonly errorLabels?: unknown;
  readonly writeConcernError?: unknown;
  readonly err?: { readonly code?: unknown };
}

const isOutageReport = (report: unknown): boolean => {
  if (typeof report !== 'object' || report === null) return false;
  const { code, err, errorLabels, writeConcernError }: Reported = report;
  return (
    OUTAGE_CODES.has(Number(code ?? err?.code)) ||
    (Array.isArray(errorLabels) && OUTAGE_LABELS.some((label) => errorLabels.includes(label))) ||
    isOutageReport(writeConcernError)
  );
};

/** One, several or none, as the driver stores them. */
const listed = (errors: unknown): readonly unknown[] => {
  if (errors === undefined || errors === null) return [];
  if (errors instanceof Map) return [...errors.values()];
  return Array.isArray(errors) ? errors : [errors];
};

const isWriteAfterEnd = (error: Error & { readonly code?: unknown }): boolean =>
  error.code === WRITE_AFTER_END.code && error.message === WRITE_AFTER_END.message;

const isServerOutage = (error: mongo.MongoServerError): boolean => {
  const { writeErrors, writeConcernErrors, result, errorResponse } = error as {
    readonly writeErrors?: unknown;
    readonly writeConcernErrors?: unknown;
    readonly result?: { readonly writeConcernError?: unknown; getWriteConcernError?(): unknown };
    readonly errorResponse?: unknown;
  };
  const ofWrites = listed(writeErrors);
  // A write that fails by itself, such as one of a duplicate key, fails again.
  if (ofWrites.some((one) => !isOutageReport(one))) return false;
  if (ofWrites.length > 0 || isOutageReport(error)) return true;
  if (OUTAGE_LABELS.some((label) => error.hasErrorLabel(label))) return true;
  const ofConcern = [...listed(writeConcernErrors), result?.writeConcernError, result?.getWriteConcernError?.()];
  // A bulk write wraps what ended it, without a `cause`.
  return ofConcern.some(isOutageReport) || isOutageReport(errorResponse) || isDatabaseOutage(errorResponse);
};

/**
 * True if the database could not be reached or could not confirm a write, so the same call may succeed later. False for
 * errors of the call itself: duplicate keys, validation, unknown commands.
 */
export const isDatabaseOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof AppError) return error.code === 'database_unavailable';
  if (OUTAGE_CLASSES.some((kind) => error instanceof kind) || OUTAGE_NAMES.includes(error.name)) return true;
  if (isWriteAfterEnd(error)) return true;
  if (error instanceof mongo.MongoServerError && isServerOutage(error)) return true;
  if (error instanceof mongo.MongoError && OUTAGE_LABELS.some((label) => error.hasErrorLabel(label))) return true;
  if (error instanceof MongooseError && BEFORE_CONNECTION.test(error.message)) return true;
  return isDatabaseOutage(error.cause);
};
