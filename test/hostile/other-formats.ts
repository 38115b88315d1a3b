import { gzipSync } from 'node:zlib';
import { bytesCase, type HostileCase, noise } from './case.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const padded = (start: string, length = 600): Buffer => Buffer.concat([latin(start), Buffer.alloc(length)]);

const svg = (body: string, before = ''): Buffer =>
  Buffer.from(
    `<?xml version="1.0"?>${before}<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${body}</svg>`,
  );

const PICTURE_FORMATS: readonly [string, Buffer][] = [
  ['SVG', svg('<rect width="9" height="9"/>')],
  ['SVG with an external entity', svg('&x;', '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>')],
  ['SVG with a local image', svg('<image href="file:///etc/passwd"/>')],
  ['SVG with an image of the private network', svg('<image href="http://169.254.169.254/latest/meta-data"/>')],
  [
    'SVG whose entities laugh a billion times',
    svg('&c;', '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'),
  ],
  ['SVG of 4 billion pixels', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="65535" height="65535"/>')],
  ['PDF', padded('%PDF-1.7\n')],
  ['PostScript', padded('%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file')],
  ['Photoshop', padded('8BPS\0\x01')],
  ['icon', padded('\0\0\x01\0\x01\0')],
  ['cursor', padded('\0\0\x02\0\x01\0')],
  ['JPEG XL', padded('\xff\x0a')],
  ['JPEG XL in a container', padded('\0\0\0\x0cJXL \r\n\x87\n')],
  ['JPEG 2000', padded('\0\0\0\x0cjP  \r\n\x87\n')],
  ['JPEG 2000, code stream', padded('\xff\x4f\xff\x51')],
  ['OpenEXR', padded('v/1\x01\x02\0\0\0')],
  ['Radiance HDR', padded('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n')],
  ['FITS', padded('SIMPLE  =                    T / file does conform to FITS standard')],
  ['Netpbm PPM', latin('P6\n1 1\n255\n\0\0\0')],
  ['Netpbm PFM', latin('PF\n1 1\n-1.0\n\0\0\0')],
  ['DirectDraw surface', padded('DDS |\0\0\0')],
  ['QOI', padded('qoif\0\0\0\x01\0\0\0\x01\x03\0')],
];

const NO_PICTURES: readonly [string, Buffer][] = [
  [
    'ImageMagick script (MVG)',
    latin('push graphic-context\nimage over 0,0 0,0 "https://example.com/x"\npop graphic-context'),
  ],
  ['Matlab', padded('MATLAB 5.0 MAT-file, Platform: GLNXA64')],
  ['libvips', padded('\x08\xf2\xa6\xb6')],
  ['Analyze header', Buffer.concat([Buffer.from([0x5c, 1, 0, 0]), Buffer.alloc(344)])],
  ['HTML page', latin('<!doctype html><title>Log in</title>')],
  ['JSON', latin('{"error":"quota"}')],
  ['XML', latin('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
  ['plain text', latin('Not found')],
  ['text in UTF-16', Buffer.concat([latin('\xff\xfe'), Buffer.from('Not found', 'utf16le')])],
  ['ZIP', padded('PK\x03\x04')],
  ['gzip', gzipSync('x')],
  ['video (MP4)', padded('\0\0\0\x18ftypisom\0\0\x02\0isomiso2')],
  ['video (WebM)', padded('\x1a\x45\xdf\xa3')],
  ['program', padded('\x7fELF\x02\x01\x01')],
  ['one byte', Buffer.from([0xff])],
  ['zeros', Buffer.alloc(1_000_000)],
  ['noise', Buffer.concat([Buffer.from([0x80]), noise(10_000)])],
  ['the magic bytes of a PNG after a byte order mark', latin('\xef\xbb\xbf\x89PNG\r\n\x1a\n')],
];

export const OTHER_FORMAT_CASES: readonly HostileCase[] = [
  bytesCase('BMP of only a header', 'corrupt_image', padded('BM\x66\0\0\0\0\0\0\0\x36\0\0\0')),
  bytesCase('HEIC of only a header', 'corrupt_image', padded('\0\0\0\x18ftypheic\0\0\0\0mif1heic')),
  ...PICTURE_FORMATS.map(([name, bytes]) => bytesCase(name, 'unsupported_image_format', bytes)),
  ...NO_PICTURES.map(([name, bytes]) => bytesCase(name, 'not_an_image', bytes)),
];
