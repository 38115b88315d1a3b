import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** How to connect to the S3 storage; the credentials come from the SDK's default chain, not from our configuration. */
export interface S3Connection {
  /** null: AWS. */
  readonly endpoint: string | null;
  /** null: as configured for the SDK (AWS_REGION, profile). */
  readonly region: string | null;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly forcePathStyle: boolean;
}

const CONNECT_MS = 5_000;
/** Inactivity after which a request or a body is aborted. */
const IDLE_MS = 30_000;

/** @param credentials override the default chain */
export const createS3Client = (connection: S3Connection, credentials?: S3ClientConfig['credentials']): S3Client => {
  const region = connection.region ?? (connection.endpoint === null ? null : 'us-east-1');
  return new S3Client({
    ...(region === null ? {} : { region }),
    ...(connection.endpoint === null ? {} : { endpoint: connection.endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: connection.forcePathStyle,
    // Three attempts with backoff for transient errors: a reset connection, 5xx, SlowDown.
    maxAttempts: 3,
    // Other implementations may refuse the headers of checksums (501, 400); at AWS each body has one.
    requestChecksumCalculation: connection.endpoint === null ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    // Ranges and copies in other S3 implementations have no full checksum; length and TLS protect reads.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
  });
};
