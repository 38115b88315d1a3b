import { Readable } from 'node:stream';
import { findColumns } from '../../src/csv/columns.ts';
import { shown } from '../../src/csv/csv-errors.ts';
import { inspectTable } from '../../src/csv/inspect.ts';
import { findLayout } from '../../src/csv/layout.ts';
import { outputTable } from '../../src/csv/output.ts';
import { openCsv } from '../../src/csv/read.ts';
import { parseRecord, strictRecord } from '../../src/csv/record.ts';
import { detectWrongFileType } from '../../src/csv/sniff.ts';
import {
  hasUrl,
  joinUrlCells,
  looksLikeImageUrl,
  repairUrl,
  sourceError,
  splitUrls,
  urlError,
} from '../../src/csv/urls.ts';
import { csvLine } from '../../src/csv/write.ts';
import { imageName, listQuery, requestId, statusQuery } from '../../src/http/parameters/reads.ts';
import { readUploadKey } from '../../src/http/parameters/upload.ts';
import { jpegFrame } from '../../src/images/inspect/jpeg.ts';
import { sniff } from '../../src/images/sniff.ts';
import { failureOf } from '../../src/images/source/download-failure.ts';
import { sampleName } from '../../src/images/source/samples.ts';
import { stripJpegMetadata } from '../../src/images/strip/jpeg.ts';
import { stripPngMetadata } from '../../src/images/strip/png.ts';
import { stripWebpMetadata } from '../../src/images/strip/webp.ts';
import { isAllowedAddress } from '../../src/network/address.ts';
import { parsePortRange } from '../../src/network/policy.ts';
import { redactCredentials, redactUrl } from '../../src/network/redact.ts';
import { parseRetryAfter } from '../../src/network/retry-after.ts';
import { parseS3Url } from '../../src/network/s3-url.ts';
import { parseUrl } from '../../src/network/url.ts';
import {
  createFolderNames,
  createImageNames,
  namePatternError,
  originalName,
  safeName,
} from '../../src/results/archive-names.ts';
import { originOf } from '../../src/results/request-report.ts';
import { classifyS3 } from '../../src/storage/s3-failure.ts';
import { trimEnd } from '../../src/trim.ts';
import { inspectFile } from '../../src/web/csv/inspect.ts';

export type Work = (text: string) => unknown;

const LIMITS = { maxRows: 1_000_000, maxUrls: 1_000_000, maxRowBytes: 1024 * 1024, maxColumns: 1_000 };
const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const POLICY = { allowPrivateNetworks: ['10.0.0.0/8'] };

const failing = (work: Work): Work => {
  return (text) => {
    try {
      return work(text);
    } catch {
      return null;
    }
  };
};
const server = async (csv: string) =>
  inspectTable(await openCsv(() => Readable.from([Buffer.from(csv)]), LIMITS), 'skip');
const OUTPUT_HEADER = ['S. No.', 'Product Name', 'Urls'];
const OUTPUT = outputTable(
  { header: OUTPUT_HEADER, columns: { serialNumber: 0, productName: 1, images: [2] }, delimiter: ',' },
  { output: 'replace', details: false },
);
const page = (csv: string) => inspectFile(new Blob([csv]), LIMITS, 'skip');

/** Every function that processes untrusted text, called as by the service, the page and the command line. */
export const FOREIGN_TEXT: Readonly<Record<string, Work>> = {
  'redactCredentials, whole': redactCredentials,
  'redactCredentials, name': (text) => redactCredentials(`ftp://x/?${text}1=v`),
  'redactCredentials, value': (text) => redactCredentials(`http://x/?token=${text}`),
  'redactCredentials, login': (text) => redactCredentials(`http://${text}@x/`),
  'redactCredentials, fragment': (text) => redactCredentials(`http://x/#${text}=v`),
  redactUrl: (text) => redactUrl(`http://x/${text}`),
  'parseUrl, path': (text) => parseUrl(`http://x/${text}`),
  'parseUrl, relative': (text) => parseUrl(text, 'http://x/a/b'),
  // Host names come from URLs, which have at most 8,192 characters.
  'parseUrl, host': (text) => parseUrl(`http://${text.slice(0, 8_192)}/`),
  originOf: (text) => originOf(`http://x/${text}`),
  parseS3Url: (text) => parseS3Url(`s3://b/${text}`),
  'parseS3Url, bucket': (text) => parseS3Url(`s3://${text}/key`),
  parseRetryAfter: (text) => parseRetryAfter(text, 0),
  'parseRetryAfter, date': (text) => parseRetryAfter(`Mon${text}`, 0),
  parsePortRange,
  isAllowedAddress: failing((text) => isAllowedAddress(text, POLICY)),
  'isAllowedAddress, IPv6': failing((text) => isAllowedAddress(`::${text}`, POLICY)),
  splitUrls,
  'splitUrls, last': (text) => splitUrls(`https://x/${text}`),
  'splitUrls, between': (text) => splitUrls(`https://x/${text}https://y/`),
  'splitUrls, attached': (text) => splitUrls(`a (https://x/)${text}`),
  'joinUrlCells, cells': (text) => joinUrlCells(text.split(text.charAt(0)), ','),
  'joinUrlCells, one cell': (text) => joinUrlCells(['https://x/', text, 'https://y/'], ','),
  urlError,
  'urlError, path': (text) => urlError(`https://x/${text}`.slice(0, 8_192)),
  'urlError, scheme': (text) => urlError(`${text}://x/`),
  sourceError: (text) => sourceError(`s3://bucket/${text}`, ['bucket']),
  shown,
  csvLine: (text) => csvLine([text, ` ${text}`, `=${text}`, `-1${text}`]),
  'row of an output': (text) => OUTPUT.row(['1', 'P', ...text.split(text.charAt(0))], [{ column: 0, outputUrl: 'x' }]),
  'row of an output, one cell': (text) => OUTPUT.row(['1', 'P', text], [{ column: 0, outputUrl: 'x' }]),
  findColumns: (text) => findColumns([text, 'Product Name', text], [[text, text, text]]),
  hasUrl,
  looksLikeImageUrl,
  'repairUrl, quotes': (text) => repairUrl(`"${text}`.slice(0, 8_192)),
  repairUrl: (text) => repairUrl(`${text}&amp;`.slice(-8_192)),
  detectWrongFileType: (text) => detectWrongFileType(Buffer.from(text)),
  findLayout: (text) => findLayout(text, true),
  parseRecord: (text) => parseRecord(text, 0, ','),
  'parseRecord, quoted': (text) => parseRecord(`"${text}`, 0, ','),
  strictRecord: (text) => strictRecord(Buffer.from(text), ','),
  'inspectTable, whole': server,
  'inspectTable, name': (text) => server(`${HEADER}1,${text},https://x/a.jpg\n`),
  'inspectTable, URLs': (text) => server(`${HEADER}1,P,"${text}"\n`),
  'inspectTable, rows': (text) => server(`${HEADER}${text}`),
  'inspectFile of the page, whole': page,
  'inspectFile of the page, URLs': (text) => page(`${HEADER}1,P,"${text}"\n`),
  'inspectFile of the page, rows': (text) => page(`${HEADER}${text}`),
  safeName,
  createFolderNames: (text) => {
    const nameOfFolder = createFolderNames();
    for (const part of text.split(text.charAt(0))) nameOfFolder('1', part, 1);
  },
  createImageNames: (text) => {
    const nameOf = createImageNames('{serial}-{product}/{original}');
    const image = { id: 'i', serialNumber: text, productName: text, row: 1, n: 1, inputUrl: text };
    for (let n = 0; n < 3; n += 1) nameOf(image, 'jpg');
  },
  namePatternError,
  originalName,
  'requestId of a route': (text) => requestId.safeParse(text),
  'imageName of a route': (text) => imageName.safeParse(text),
  statusQuery: (text) => statusQuery.safeParse({ limit: text, after: text }),
  listQuery: (text) => listQuery.safeParse({ limit: text, after: text }),
  readUploadKey: failing((text) => readUploadKey([text])),
  'readUploadKey, quoted': failing((text) => readUploadKey([`"${text}"`])),
  sniff: (text) => sniff(Buffer.from(text, 'latin1')),
  'sniff, SVG': (text) => sniff(Buffer.from(`<!DOCTYPE svg ${text}`, 'latin1')),
  stripJpegMetadata: (text) => stripJpegMetadata(Buffer.from(`\xff\xd8${text}`, 'latin1')),
  'stripJpegMetadata, scan': (text) => stripJpegMetadata(Buffer.from(`\xff\xd8\xff\xda\0\x02${text}`, 'latin1')),
  stripPngMetadata: (text) => stripPngMetadata(Buffer.from(`\x89PNG\r\n\x1a\n${text}`, 'latin1')),
  stripWebpMetadata: (text) => {
    const bytes = Buffer.from(`RIFF\0\0\0\0WEBP${text}`, 'latin1');
    bytes.writeUInt32LE(bytes.length - 8, 4);
    return stripWebpMetadata(bytes);
  },
  jpegFrame: (text) => jpegFrame(Buffer.from(`\xff\xd8${text}`, 'latin1')),
  sampleName: (text) => sampleName(`http://x/samples/${text}`, 'http://x/samples/'),
  failureOf: (text) => failureOf({ code: text }, 'x', { timedOut: false, seconds: 1, bodyStarted: true }),
  classifyS3: (text) => classifyS3({ name: text, message: text }),
  trimEnd: (text) => trimEnd(text, './ '),
};

/** Building blocks of the texts: what this project's patterns repeat, separate and end with, and common attacks. */
export const UNITS: readonly string[] = [
  ...['a', 'A', '0', ' ', '\t', '\n', '\r\n', ',', ';', '.', '/', '\\', '"', '""', "'", '-', '_', '+', '=', '@', '\0'],
  ...['#', '?', '&', ':', '%', '[', '<', '>', '(', '~', '\u200b', 'é', 'ﷺ', '\ud800', '\xff', '\xff\xff', '\xff\0'],
  ...[
    'a-',
    'a,',
    ', ',
    'a=b&',
    '&a',
    '=&',
    '?a',
    '%20',
    '%',
    '../',
    './',
    'a/',
    '://',
    'a://',
    'https://x/,',
    'http://',
  ],
  ...[
    '"a"\n',
    '"a",',
    'a"\n',
    '"\n',
    ',\n',
    '1,P,https://x/a.jpg\n',
    '1,P,\n',
    '"1","P","x"\n',
    'ftp://x ',
    ',ftp://x',
  ],
  ...[
    '<!--',
    '-->',
    '<!---->',
    '<?xml',
    '[]',
    '[',
    '<svg',
    'P6 1 ',
    '#\n',
    'E_A',
    'ERR_',
    '1.',
    '1e',
    'a (2)',
    'com1.',
  ],
  ...['token', 'access_', 'x-amz-', '\xff\xda\0\x02', '\xff\xe1\0\x02', '0:', '1.1.1.1', '\ud83d\ude00'],
];
/** Endings that make a match fail at the very end. */
export const TAILS: readonly string[] = ['', '!'];
