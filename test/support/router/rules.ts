/**
 * What a router (`mongos`) of MongoDB 4.4 to 8 accepts, and answers without asking every shard, when the collections are
 * sharded as docs/scaling.md says.
 * @see https://www.mongodb.com/docs/manual/core/distributed-queries/
 * @see https://www.mongodb.com/docs/manual/core/sharding-shard-key/
 */
interface ShardKey {
  readonly fields: readonly string[];
  /** Every query pins the first field, so that it reaches the shards of the requests it is about. */
  readonly targeted: boolean;
  /** No index of a hashed key can be unique, and no other unique index exists beside `_id`. */
}

/** `_id` of the others: they are small and may stay unsharded; sharded by it, their single writes reach one shard. */
const BY_ID: ShardKey = { fields: ['_id'], targeted: false };
const SHARD_KEYS: Readonly<Record<string, ShardKey>> = {
  images: { fields: ['requestId', 'seq'], targeted: true },
  requests: BY_ID,
  rows: BY_ID,
  uploadKeys: BY_ID,
  deliveries: BY_ID,
  meta: BY_ID,
};

/** Not available on routers, or across shards in some of the versions, or a way around the shard key. */
const FORBIDDEN_WORDS = [
  ...['$where', '$function', '$accumulator', '$lookup', '$graphLookup', '$unionWith', '$out', '$merge'],
  ...['$near', '$nearSphere', '$natural'],
];
const FORBIDDEN_COMMANDS = ['mapReduce', 'mapreduce', 'group', 'eval', 'geoNear', 'parallelCollectionScan'];

/** Options of a query with which a test looks at the images of all requests; the service never does. */
export const ACROSS_REQUESTS = { comment: 'a test looks across all requests' };

type Document = Readonly<Record<string, unknown>>;

/** A plain object, from whatever realm it comes; mongoose's own objects, which refer to each other, are values. */
const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' &&
  value !== null &&
  (value.constructor === undefined || value.constructor.name === 'Object');

const documents = (value: unknown): readonly Document[] => (Array.isArray(value) ? value.filter(isDocument) : []);

const isValue = (value: unknown): boolean => value !== undefined && !(value instanceof RegExp);

const isOperators = (value: Document): boolean => Object.keys(value).some((name) => name.startsWith('$'));

/** How many values a filter allows a field at most; infinite where it does not pin it. */
const pinned = (filter: Document, field: string): number => {
  const own = filter[field];
  let most = Number.POSITIVE_INFINITY;
  if (isDocument(own) && isOperators(own)) {
    if ('$eq' in own) most = 1;
    else if (Array.isArray(own.$in) && own.$in.every(isValue)) most = own.$in.length;
  } else if (isValue(own)) most = 1;
  for (const part of documents(filter.$and)) most = Math.min(most, pinned(part, field));
  return most;
};

const firstForbidden = (value: unknown): string | undefined => {
  if (Array.isArray(value)) {
    for (const each of value) {
      const word = firstForbidden(each);
      if (word !== undefined) return word;
    }
  } else if (isDocument(value)) {
    for (const [name, each] of Object.entries(value)) {
      const word = FORBIDDEN_WORDS.includes(name) ? name : firstForbidden(each);
      if (word !== undefined) return word;
    }
  }
  return undefined;
};

const firstDefined = (violations: Iterable<string | undefined>): string | undefined => {
  for (const violation of violations) if (violation !== undefined) return violation;
  return undefined;
};

const read = (key: ShardKey, filter: Document, sort: unknown): string | undefined => {
  const [prefix = ''] = key.fields;
  if (!key.targeted) return undefined;
  if (pinned(filter, prefix) === Number.POSITIVE_INFINITY) return `reads every shard: its filter has no ${prefix}`;
  if (sort !== undefined && pinned(filter, prefix) > 1) {
    return `sorts across several values of ${prefix}`;
  }
  return undefined;
};

const single = (key: ShardKey, filter: Document, what: string): string | undefined => {
  const missing = key.fields.find((field) => pinned(filter, field) !== 1);
  return missing === undefined ? undefined : `${what} without ${missing}, which is part of the shard key`;
};

const several = (key: ShardKey, filter: Document, what: string): string | undefined => {
  const [prefix = ''] = key.fields;
  return key.targeted && pinned(filter, prefix) === Number.POSITIVE_INFINITY
    ? `${what} on every shard: its filter has no ${prefix}`
    : undefined;
};

const changesKey = (key: ShardKey, change: unknown): string | undefined => {
  if (!isDocument(change) || !isOperators(change))
    return 'replaces a document or runs a pipeline, which may change its key';
  for (const [operator, fields] of Object.entries(change)) {
    if (operator === '$setOnInsert' || !isDocument(fields)) continue;
    const field = key.fields.find((each) => each in fields);
    if (field !== undefined) return `changes ${field}, which is part of the shard key`;
  }
  return undefined;
};

const update = (key: ShardKey, { q, u, multi, upsert }: Document): string | undefined => {
  const filter = isDocument(q) ? q : {};
  if (multi !== true) return single(key, filter, 'updates one document') ?? changesKey(key, u);
  if (upsert === true) return single(key, filter, 'upserts') ?? changesKey(key, u);
  return several(key, filter, 'updates documents') ?? changesKey(key, u);
};

const remove = (key: ShardKey, { q, limit }: Document): string | undefined => {
  const filter = isDocument(q) ? q : {};
  return limit === 1 ? single(key, filter, 'deletes one document') : several(key, filter, 'deletes documents');
};

const insert = (key: ShardKey, document: Document): string | undefined => {
  const missing = key.fields.find((field) => !isValue(document[field]));
  return missing === undefined ? undefined : `inserts a document without ${missing}, which is part of the shard key`;
};

const index = ({ key, unique }: Document): string | undefined =>
  unique === true && !(isDocument(key) && Object.keys(key).join() === '_id')
    ? 'makes an index unique, which a sharded collection allows only for its shard key'
    : undefined;

/**
 * @param command as the driver reports it before it is sent
 * @returns what a router would reject or send to every shard; undefined if nothing
 */
export const violationOf = (command: Document): string | undefined => {
  const [name = ''] = Object.keys(command);
  if (FORBIDDEN_COMMANDS.includes(name)) return `${name}: not available on a router`;
  const collection = String(command[name]);
  const key = SHARD_KEYS[collection];
  if (key === undefined || command.comment === ACROSS_REQUESTS.comment) return undefined;
  const query = isDocument(command.query) ? command.query : {};
  const found = (): string | undefined => {
    switch (name) {
      case 'find':
        return read(key, isDocument(command.filter) ? command.filter : {}, command.sort) ?? wordIn(command);
      case 'count':
      case 'distinct':
        return read(key, query, undefined) ?? wordIn(command);
      case 'aggregate': {
        const stages = documents(command.pipeline);
        const first = stages[0]?.$match;
        const sort = stages.find((stage) => '$sort' in stage)?.$sort;
        return read(key, isDocument(first) ? first : {}, sort) ?? wordIn(command);
      }
      case 'findAndModify':
        return single(key, query, 'finds and changes one document') ?? wordIn(command);
      case 'update':
        return firstDefined(documents(command.updates).map((each) => update(key, each))) ?? wordIn(command);
      case 'delete':
        return firstDefined(documents(command.deletes).map((each) => remove(key, each))) ?? wordIn(command);
      case 'insert':
        return firstDefined(documents(command.documents).map((each) => insert(key, each)));
      case 'createIndexes':
        return firstDefined(documents(command.indexes).map(index));
      default:
        return undefined;
    }
  };
  const violation = found();
  return violation === undefined ? undefined : `${name} on ${collection} ${violation}`;
};

const wordIn = (command: Document): string | undefined => {
  const word = firstForbidden(command);
  return word === undefined ? undefined : `uses ${word}`;
};
