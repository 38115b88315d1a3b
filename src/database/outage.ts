import { MongooseError, mongo } from 'mongoose';
import { AppError } from '../errors.ts';

/** The driver's own classes for "no server answered", pool trouble included. */
const OUTAGE_CLASSES = [
  mongo.MongoNetworkError,
  mongo.MongoServerSelectionError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoClientClosedError,
] as const;

/** Names of classes that the driver does not export, and mongoose's. */
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
 * Server codes: host unreachable or not found, network timeout, shutdown, stepdown, not primary, and their like
 * (MongoDB's error_codes.yml, categories NetworkError, NotPrimaryError and ShutdownError).
 */
const OUTAGE_CODES = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

/** With `bufferCommands` off, mongoose says this without a class of its own. */
const BEFORE_CONNECTION = /before initial connection is complete/;

/**
 * True when an error means that the database could not be reached, so that the same call may succeed later.
 * False for faults of the call itself: duplicate keys, validation, unknown commands.
 */
export const isDatabaseOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof AppError) return error.code === 'database_unavailable';
  if (OUTAGE_CLASSES.some((kind) => error instanceof kind) || OUTAGE_NAMES.includes(error.name)) return true;
  if (error instanceof mongo.MongoServerError && OUTAGE_CODES.includes(Number(error.code))) return true;
  if (error instanceof MongooseError && BEFORE_CONNECTION.test(error.message)) return true;
  return isDatabaseOutage(error.cause);
};
