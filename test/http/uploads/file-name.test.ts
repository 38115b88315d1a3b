import { MAX_NAME_CHARACTERS, plainName } from '../../../src/http/parameters/job-name.ts';
import { nameOfFile, nameOfLink } from '../../../src/http/uploads/file-name.ts';

test.each([
  ['catalogue.csv', 'catalogue'],
  ['catalogue.csv.gz', 'catalogue'],
  ['Spring 2026.XLSX', 'Spring 2026'],
  ['products v1.2.tsv', 'products v1.2'],
  ['feed.xml', 'feed.xml'],
  ['C:\\shop\\export.csv', 'export'],
  ['/home/me/export.csv', 'export'],
  ['Kaffee für zwei.csv', 'Kaffee für zwei'],
  ['商品.csv', '商品'],
  [' \u202egnp.csv', 'gnp'],
  ['two\r\nlines\u0000.csv', 'two lines'],
  ['.csv', null],
  ['-', null],
  ['blob', null],
  ['', null],
  [`${'x'.repeat(10_000)}.csv`, 'x'.repeat(MAX_NAME_CHARACTERS)],
  [`${'a'.repeat(199)}😀.csv`, 'a'.repeat(199)],
])('the file %j names its request %j', (file, name) => {
  expect(nameOfFile(file)).toBe(name);
});

test.each([
  ['https://shop.example/files/catalogue.csv?token=1#x', 'catalogue'],
  ['https://shop.example/files/Spring%20offers.csv.gz', 'Spring offers'],
  ['https://shop.example/a%2Fb.csv', 'b'],
  ['https://shop.example/100%.csv', '100%'],
  ['https://shop.example/', null],
  ['https://shop.example', null],
  ['https://docs.google.com/spreadsheets/d/abc/edit', null],
  ['https://drive.google.com/file/d/1234567890/view', null],
  ['https://www.dropbox.com/scl/fi/x/offers.csv?dl=0', 'offers'],
  ['not a link', null],
])('the link %s names its request %j', (link, name) => {
  expect(nameOfLink(link)).toBe(name);
});

test('a name is one line of what can be seen', () => {
  expect(plainName('  Spring\t\n catalogue\u0007 \u2066x\u2069\ud800 ')).toBe('Spring catalogue x');
});
