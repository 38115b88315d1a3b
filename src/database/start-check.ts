import type { Connection } from 'mongoose';
import { AppError } from '../errors.ts';
import { withDeadline } from '../timing/deadline.ts';
import { withoutSecrets } from './connect.ts';
import { isDatabaseOutage } from './outage.ts';
import { writeMark } from './write-probe.ts';

/** The oldest version with all that is used; the driver itself takes 4.2. */
const OLDEST = [4, 4] as const;
/** Longer than an election and the write after it. */
const WITHIN_MS = 30_000;

/** Azure's MongoDB by request units, as opposed to by virtual cores (`mongocluster.cosmos.azure.com`). */
const REQUEST_UNITS = /\.mongo\.cosmos\.azure\.(?:com|cn|us)(?::|\/|,|$)/i;

/** What a refused write means, by the server's code or message. */
const HINTS: readonly { readonly codes: readonly number[]; readonly message: RegExp; readonly hint: string }[] = [
  {
    // IllegalOperation of MongoDB, and DocumentDB's own code.
    codes: [20, 301],
    message: /retry(?:able )?writes|Transaction numbers/i,
    hint: 'does not support retryable writes. For Amazon DocumentDB before 8.0.2 add retryWrites=false to MONGODB_URI; Azure Cosmos DB by request units is not supported.',
  },
  {
    // Unauthorized, and Atlas's own code.
    codes: [13, 8000],
    message: /not authorized|not allowed/i,
    hint: 'does not let this user write. Give the user of MONGODB_URI the role readWrite on its database.',
  },
  {
    // LegacyNotPrimary, NotWritablePrimary, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
    codes: [10058, 10107, 13435, 13436],
    message: /not (?:primary|master)/i,
    hint: 'is not the primary of its replica set, so it takes no writes. Name the members in MONGODB_URI, without directConnection.',
  },
];
const NO_WRITES =
  'answers, and accepts no writes. Its replica set may have no primary or no majority: see rs.status() of mongosh.';

/**
 * Checks once what the service needs of the database: version, write access, and retryable writes as configured.
 * @param uri as given, for the hint
 * @throws AppError `database_unavailable` with one line on what to do
 */
export const checkDatabase = async (connection: Connection, uri: string): Promise<void> => {
  const refuse = (hint: string, cause?: unknown): AppError =>
    new AppError('database_unavailable', `The database at ${withoutSecrets(uri)} ${hint}`, { cause });
  if (REQUEST_UNITS.test(withoutSecrets(uri))) {
    throw refuse(
      'is Azure Cosmos DB by request units, which is not supported. Use Azure DocumentDB (virtual cores) or MongoDB.',
    );
  }
  try {
    await withDeadline(WITHIN_MS, async () => {
      const version = await versionOf(connection);
      if (version !== null && isTooOld(version)) {
        throw refuse(`has version ${version.join('.')}. The service needs MongoDB ${OLDEST.join('.')} or later.`);
      }
      await writeMark(connection);
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refuse(hintOf(error), error);
  }
};

/** Null where the server does not say; what is missing then shows in the write. */
const versionOf = async (connection: Connection): Promise<readonly number[] | null> => {
  const reply = await connection
    .getClient()
    .db('admin')
    .command({ buildInfo: 1 })
    .catch((error: unknown) => {
      if (isDatabaseOutage(error)) throw error;
      return {};
    });
  const { version } = reply as { version?: unknown };
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})/.exec(String(version)) ?? [];
  return major === undefined ? null : [Number(major), Number(minor)];
};

const isTooOld = ([major = 0, minor = 0]: readonly number[]): boolean =>
  major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);

const hintOf = (error: unknown): string => {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const known = HINTS.find(
    ({ codes, message: pattern }) => codes.includes(Number(code)) || pattern.test(String(message)),
  );
  return known?.hint ?? NO_WRITES;
};
