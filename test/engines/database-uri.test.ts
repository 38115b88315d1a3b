import { databaseUri, directUri } from '../support/database-uri.ts';

test.each([
  ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/t'],
  ['mongodb://127.0.0.1:27017/shop?directConnection=true', 'mongodb://127.0.0.1:27017/t?directConnection=true'],
  ['mongodb://a:1,b:2,c:3/?replicaSet=rs0', 'mongodb://a:1,b:2,c:3/t?replicaSet=rs0'],
  ['mongodb+srv://cluster.example.net/?appName=x', 'mongodb+srv://cluster.example.net/t?appName=x'],
  ['mongodb://u:p%2F@a:1/', 'mongodb://u:p%2F@a:1/t?authSource=admin'],
  ['mongodb://u:p@a:1/users?tls=true', 'mongodb://u:p@a:1/t?tls=true&authSource=users'],
  ['mongodb://u:p@a:1/users?authSource=other', 'mongodb://u:p@a:1/t?authSource=other'],
])('another database at %s, with the same hosts, options and user', (uri, expected) => {
  expect(databaseUri(uri, 't')).toBe(expected);
});

test.each(['', 'localhost:27017', 'http://localhost/'])('%j is refused without repeating it', (uri) => {
  expect(() => databaseUri(uri, 't')).toThrow(/^TEST_MONGODB_URI is not an address like mongodb:\/\/host:27017\/$/);
});

test('of several hosts the primary is reached alone, and a single host as it is', () => {
  const direct = directUri('mongodb://u:p@a:1,b:2/t?replicaSet=rs0&authSource=admin', 'b:2');
  expect(direct.href).toBe('mongodb://u:p@b:2/t?authSource=admin&directConnection=true');
  expect(directUri('mongodb://a:1/t?x=y', 'b:2').href).toBe('mongodb://a:1/t?x=y');
});
