import { TEST_ENGINES } from '../support/database.ts';
import { embeddedTest } from '../support/embedded-test.ts';
import { describeS3 } from '../support/servers/s3-server.ts';
import { kills } from './scenarios/1-kills.ts';
import { SCENARIOS } from './scenarios.ts';

const SEED = 1;
/** Each takes a few seconds on an idle machine. */
const LONGEST_MS = 240_000;

for (const { number, title, ownDatabase, run, short } of SCENARIOS) {
  const testOf = ownDatabase ? embeddedTest : test;
  testOf(
    `chaos ${number}: ${title}`,
    async () => {
      await run(short, { storage: 'local', hurry: true, seed: SEED, engines: TEST_ENGINES });
    },
    LONGEST_MS,
  );
}

describeS3('on S3', () => {
  test(
    `chaos ${kills.number}: ${kills.title}`,
    async () => {
      await kills.run(kills.short, { storage: 's3', hurry: true, seed: SEED, engines: TEST_ENGINES });
    },
    LONGEST_MS,
  );
});
