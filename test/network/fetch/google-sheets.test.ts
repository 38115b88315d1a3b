import { googleSheetCsv } from '../../../src/network/fetch/google-sheets.ts';

const sheet = 'https://docs.google.com/spreadsheets/d/1aB_c-D';
const published = 'https://docs.google.com/spreadsheets/d/e/2PACX-1v';

it.each([
  [`${sheet}/edit?gid=12#gid=12`, `${sheet}/export?format=csv&gid=12`],
  [`${sheet}/edit#gid=7`, `${sheet}/export?format=csv&gid=7`],
  [`${sheet}/edit?usp=sharing`, `${sheet}/export?format=csv`],
  [`${sheet}/view?gid=0`, `${sheet}/export?format=csv&gid=0`],
  [`${sheet}/htmlview`, `${sheet}/export?format=csv`],
  [`${sheet}/pub?gid=3`, `${sheet}/export?format=csv&gid=3`],
  [sheet, `${sheet}/export?format=csv`],
  [`${published}/pubhtml?gid=5&single=true`, `${published}/pub?output=csv&gid=5`],
  [`${sheet}/edit?gid=1%26format%3Dpdf`, `${sheet}/export?format=csv`],
])('%s becomes its CSV export', (url, csv) => {
  expect(googleSheetCsv(url)).toBe(csv);
});

it.each([
  `${sheet}/export?format=xlsx`,
  `${published}/pub?output=tsv`,
  'https://docs.google.com/document/d/1aB/edit',
  'https://docs.google.com.evil.example/spreadsheets/d/1aB/edit',
  'https://shop.example/feed.csv',
  'not a URL',
])('%s is unchanged', (url) => {
  expect(googleSheetCsv(url)).toBe(url);
});
