import { v4 as uuid } from 'uuid';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS, type RequestState } from '../../src/requests/types.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

let database: TestConnection;
let models: Models;
const commands: string[] = [];

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
  database.connection.getClient().on('commandStarted', ({ commandName }) => commands.push(commandName));
});
afterAll(() => database.close());

const seed = async (state: RequestState, run = 1) => {
  const _id = uuid();
  await models.requests.create({
    ...{ _id, state, run, createdAt: new Date(), heartbeatAt: new Date(), total: 9, counters: NO_COUNTS },
    ...{ options: { quality: 50, format: 'jpeg' }, csv: { header: [], delimiter: ',', chunks: 0 } },
  });
  return { _id, run };
};
const countersOf = async ({ _id }: { _id: string }) => (await models.requests.findById(_id).lean())?.counters;

test('counters of several requests are one command, and those of a run that has ended stay as they are', async () => {
  const requests = createRequestStore(models, () => new Date());
  const [one, other, ended, again] = [
    await seed('processing'),
    await seed('queued'),
    await seed('completed'),
    await seed('processing', 2),
  ];
  const added = { completed: 2, failed: 1, cancelled: 0, bytesIn: 20, bytesOut: 8 };
  commands.length = 0;
  await requests.addCounts([
    { request: one, added },
    { request: other, added: { ...NO_COUNTS, failed: 1 } },
    { request: ended, added },
    { request: { ...again, run: 1 }, added },
  ]);
  expect(commands).toEqual(['update']);
  expect(await countersOf(one)).toEqual(added);
  expect(await countersOf(other)).toEqual({ ...NO_COUNTS, failed: 1 });
  expect(await countersOf(ended)).toEqual(NO_COUNTS);
  expect(await countersOf(again)).toEqual(NO_COUNTS);
});

test('nothing to add is no command', async () => {
  commands.length = 0;
  await createRequestStore(models, () => new Date()).addCounts([]);
  expect(commands).toEqual([]);
});
