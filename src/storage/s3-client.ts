import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** How the store is reached; the credentials come from the SDK's usual chain and are in no configuration of ours. */
export interface S3Connection {
  /** null: AWS itself. */
  readonly endpoint: string | null;
  /** null: as the SDK finds it (AWS_REGION, the profile). */
  readonly region: string | null;
  /** `endpoint/bucket/key` rather than `bucket.endpoint/key`. */
  readonly forcePathStyle: boolean;
}

const CONNECT_MS = 5_000;
/** Silence after which a request or a body is given up. */
const SILENCE_MS = 30_000;

/** @param credentials instead of the usual chain */
export const createS3Client = (connection: S3Connection, credentials?: S3ClientConfig['credentials']): S3Client => {
  const region = connection.region ?? (connection.endpoint === null ? null : 'us-east-1');
  return new S3Client({
    ...(region === null ? {} : { region }),
    ...(connection.endpoint === null ? {} : { endpoint: connection.endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: connection.forcePathStyle,
    // Three attempts with growing pauses, for what may pass: a cut connection, 5xx, SlowDown.
    maxAttempts: 3,
    // Ranges and copies of other stores carry no checksum of the whole; length and TLS guard what is read.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  });
};
