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
  'MongooseServerSelectionError',
  'DisconnectedError',
];

/**
 * Server error codes: host unreachable or not found, network timeout, shutdown, stepdown, not primary and similar
 * (MongoDB's error_codes.yml, categories NetworkError, NotPrimaryError and ShutdownError).
 */
const OUTAGE_CODES = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

/** With `bufferCommands: false`, mongoose has no class for this error. */
const BEFORE_CONNECTION = /before initial connection is complete/;

/**
 * True if the database could not be reached, so the same call may succeed later. False for errors of the call itself:
 * duplicate keys, validation, unknown commands.
 */
export const isDatabaseOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof AppError) return error.code === 'database_unavailable';
  if (OUTAGE_CLASSES.some((kind) => error instanceof kind) || OUTAGE_NAMES.includes(error.name)) return true;
  if (error instanceof mongo.MongoServerError && OUTAGE_CODES.includes(Number(error.code))) return true;
  if (error instanceof MongooseError && BEFORE_CONNECTION.test(error.message)) return true;
  return isDatabaseOutage(error.cause);
};
