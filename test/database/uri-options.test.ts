import { mongo } from 'mongoose';
import { connectionSettings } from '../../src/database/uri-options.ts';

/** What the driver makes of it; nothing is connected. */
const effective = (uri: string) => {
  const settings = connectionSettings(uri);
  const { autoIndex, autoCreate, bufferCommands, ...options } = settings.options;
  return { ...settings, driver: new mongo.MongoClient(settings.uri, options).options };
};

const SERVERS = 'mongodb://user:p%40ss%3F@one:1,two:2/shop';

test.each([
  ['readPreference=secondaryPreferred', ['readPreference']],
  ['readPreference=nearest&readPreferenceTags=dc:ny&readPreferenceTags=', ['readPreference', 'readPreferenceTags']],
  ['readPreference=secondary&maxStalenessSeconds=120', ['readPreference', 'maxStalenessSeconds']],
  ['maxStalenessSeconds=120', ['maxStalenessSeconds']],
  ['READPREFERENCE=secondary', ['readPreference']],
  ['read%50reference=secondary', ['readPreference']],
  ['readConcernLevel=available', ['readConcernLevel']],
  ['w=1', ['w']],
  ['w=0&journal=false', ['w', 'journal']],
  ['j=false', ['j']],
  ['w=majority&j=false&wtimeout=1', ['j', 'wtimeout']],
  ['wtimeoutMS=1', ['wtimeoutMS']],
  ['fsync=false', ['fsync']],
  ['retryReads=false', ['retryReads']],
  ['w=1&w=2', ['w']],
])('%s of the URI does not change what correctness rests on', (query, names) => {
  const { driver, warning } = effective(`${SERVERS}?${query}`);
  expect(driver.readPreference).toMatchObject({ mode: 'primary' });
  expect(driver.readPreference.tags ?? []).toEqual([]);
  expect(driver.readPreference.maxStalenessSeconds).toBeUndefined();
  expect(driver.readConcern).toMatchObject({ level: 'local' });
  expect(driver.writeConcern).toMatchObject({ w: 'majority', journal: true, j: true, wtimeoutMS: 10_000 });
  expect(driver).toMatchObject({ retryReads: true, retryWrites: true, dbName: 'shop' });
  expect(warning).toContain(`WARNING: ${names.join(', ')} of MONGODB_URI`);
  expect(warning).not.toMatch(/user|p%40ss|dc:ny|one:1/);
});

test.each([
  'mongodb://one/shop',
  'mongodb://one/shop?retryWrites=true&w=majority&appName=Cluster0',
  'mongodb+srv://cluster.example/?readPreference=primary&journal=true&retryReads=true',
])('%s asks for nothing else, so nothing is logged', (uri) => {
  expect(connectionSettings(uri).warning).toBeNull();
});

test('all other options of the URI are left to the driver', () => {
  const { driver, uri } = effective(
    `${SERVERS}?replicaSet=rs0&authSource=admin&w=1&compressors=zlib&maxPoolSize=7&serverSelectionTimeoutMS=9000&appName=mine`,
  );
  expect(uri).not.toMatch(/[?&]w=/);
  expect(driver).toMatchObject({ replicaSet: 'rs0', maxPoolSize: 7, serverSelectionTimeoutMS: 9_000, appName: 'mine' });
  expect(driver.compressors).toEqual(['zlib']);
  expect(driver.credentials).toMatchObject({ source: 'admin', username: 'user', password: 'p@ss?' });
});

test('a server is looked for until an election has ended, unless the URI says otherwise', () => {
  const { driver, ownSelectionTimeout } = effective(SERVERS);
  expect(driver.serverSelectionTimeoutMS).toBeGreaterThan(12_000);
  expect(ownSelectionTimeout).toBe(false);
  expect(connectionSettings(`${SERVERS}?serverselectiontimeoutms=1`).ownSelectionTimeout).toBe(true);
});

test('retryWrites=false is kept, because DocumentDB before 8.0.2 needs it, and said', () => {
  const { driver, warning } = effective(`${SERVERS}?tls=false&retryWrites=false`);
  expect(driver).toMatchObject({ retryWrites: false, retryReads: true });
  expect(warning).toBe(
    'WARNING: retryWrites=false of MONGODB_URI is kept, because Amazon DocumentDB before 8.0.2 needs it; remove it elsewhere, so that writes outlast an election.',
  );
});

test('directConnection=true is kept', () => {
  const { driver, direct, warning } = effective('mongodb://one/shop?directConnection=true');
  expect(driver.directConnection).toBe(true);
  expect([direct, warning]).toEqual([true, null]);
});
