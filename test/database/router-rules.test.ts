import { createModels } from '../../src/requests/models.ts';
import { testConnection } from '../support/database.ts';
import { ACROSS_REQUESTS, violationOf } from '../support/router/rules.ts';
import { takeViolations } from '../support/router/watch.ts';

const update = (q: object, u: object, how: object = {}) => ({ update: 'images', updates: [{ q, u, ...how }] });
const remove = (q: object, limit: number) => ({ delete: 'images', deletes: [{ q, limit }] });
const SET = { $set: { status: 'failed' } };
const PLACE = { requestId: 'r', seq: 1 };

test.each<[string, object]>([
  [
    'a claim of images of two requests',
    update({ _id: { $in: ['a'] }, requestId: { $in: ['r', 's'] } }, SET, { multi: true }),
  ],
  ['a result', update({ _id: 'a', ...PLACE, leaseToken: 't' }, SET)],
  ['a page in order', { find: 'images', filter: { requestId: 'r', seq: { $gte: 0 } }, sort: { seq: 1 } }],
  ['the shard key below $and', { find: 'images', filter: { $and: [{ requestId: { $eq: 'r' } }, { seq: 1 }] } }],
  ['a page that is removed', remove({ requestId: 'r', seq: { $gte: 0, $lt: 9 } }, 0)],
  ['an upload', { insert: 'images', documents: [{ _id: 'a', ...PLACE }] }],
  ['the list of requests', { find: 'requests', filter: { tenant: 'shop' }, sort: { createdAt: -1 } }],
  ['a state of a request', { update: 'requests', updates: [{ q: { _id: 'r', run: 1 }, u: SET }] }],
  ['the schema version', { update: 'meta', updates: [{ q: { _id: 'schema' }, u: { $max: { n: 2 } }, upsert: true }] }],
  ['an index', { createIndexes: 'images', indexes: [{ key: { requestId: 1, seq: 1 }, name: 'n' }] }],
  ['what does not concern these collections', { find: 'things', filter: {} }],
  ['a command without a collection', { hello: 1 }],
  ["a test's look at all images", { count: 'images', query: {}, ...ACROSS_REQUESTS }],
])('allows %s', (_what, command) => {
  expect(violationOf(command as Record<string, unknown>)).toBeUndefined();
});

test.each<[string, object, RegExp]>([
  ['a query without the request', { find: 'images', filter: { _id: 'a' } }, /every shard.*requestId/],
  ['a range of requests', { find: 'images', filter: { requestId: { $gt: 'r' } } }, /every shard/],
  ['a pattern as request', { find: 'images', filter: { requestId: /^r/ } }, /every shard/],
  ['a count of all', { count: 'images', query: { status: 'pending' } }, /every shard/],
  [
    'a pipeline without the request',
    { aggregate: 'images', pipeline: [{ $group: { _id: '$status' } }] },
    /every shard/,
  ],
  ['distinct values of all', { distinct: 'images', key: 'status' }, /every shard/],
  ['a sort across requests', { find: 'images', filter: { requestId: { $in: ['r', 's'] } }, sort: { seq: 1 } }, /sorts/],
  ['one update by the id alone', update({ _id: 'a' }, SET), /without requestId/],
  ['one update without the position', update({ _id: 'a', requestId: 'r' }, SET), /without seq/],
  ['one update of one of two positions', update({ requestId: 'r', seq: { $in: [1, 2] } }, SET), /without seq/],
  ['an update of all', update({ status: 'pending' }, SET, { multi: true }), /every shard/],
  [
    'an upsert without the position',
    update({ requestId: 'r' }, SET, { upsert: true, multi: true }),
    /upserts without seq/,
  ],
  ['a move to another request', update(PLACE, { $set: { requestId: 's' } }), /changes requestId/],
  ['a replacement', update(PLACE, { status: 'failed' }), /replaces/],
  ['a pipeline update', update(PLACE, [{ $set: { status: 'failed' } }]), /pipeline/],
  ['one deletion without the position', remove({ requestId: 'r' }, 1), /without seq/],
  ['a deletion of all', remove({}, 0), /every shard/],
  ['an insert without the position', { insert: 'images', documents: [{ _id: 'a', requestId: 'r' }] }, /without seq/],
  ['find and change by state', { findAndModify: 'images', query: { requestId: 'r' }, update: SET }, /without seq/],
  ['a request changed by state', { update: 'requests', updates: [{ q: { state: 'queued' }, u: SET }] }, /without _id/],
  ['a request found by state', { findAndModify: 'requests', query: { state: 'queued' } }, /without _id/],
  ['a unique index', { createIndexes: 'images', indexes: [{ key: { requestId: 1, row: 1 }, unique: true }] }, /unique/],
  ['JavaScript', { find: 'requests', filter: { $where: 'true' } }, /\$where/],
  ['a join', { aggregate: 'requests', pipeline: [{ $lookup: { from: 'images' } }] }, /\$lookup/],
  ['map and reduce', { mapReduce: 'requests' }, /mapReduce/],
])('objects to %s', (_what, command, violation) => {
  expect(violationOf(command as Record<string, unknown>)).toMatch(violation);
});

test('every connection that a test opens is held to them', async () => {
  const { connection, close } = await testConnection();
  const { images } = createModels(connection);
  await images.find({ requestId: 'r' }).sort({ seq: 1 }).lean();
  expect(takeViolations()).toEqual([]);
  await images.find({ requestId: { $in: ['r', 's'] } }).sort({ seq: 1 });
  await images.countDocuments();
  await images.bulkWrite([{ updateOne: { filter: { _id: 'a' }, update: { status: 'failed' } } }]);
  expect(takeViolations()).toEqual([
    'find on images sorts across several values of requestId',
    'aggregate on images reads every shard: its filter has no requestId',
    'update on images updates one document without requestId, which is part of the shard key',
  ]);
  await close();
});
