import { goProgram } from './go-program.mjs';

/** The S3 server of the tests, versitygw: its path; null where it is not there and cannot be built. */
export const prepareS3Server = () =>
  goProgram('github.com/versity/versitygw/cmd/versitygw@v1.8.0', 'the S3 tests, about two minutes');
