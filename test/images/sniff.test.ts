import { requireReadable, sniff } from '../../src/images/sniff.ts';
import { makeImage } from '../support/servers/image-server.mjs';

const latin = (text: string) => Buffer.from(text, 'latin1');
const box = (brand: string, ...others: string[]) => {
  const body = `ftyp${brand}\0\0\0\0${others.join('')}`;
  return latin(`\0\0\0${String.fromCharCode(body.length + 4)}${body}`);
};

/** Of 8 × 8 pixels; with a colour map of 24 bits an entry. */
const tga = (map: number, kind: number, bits: number) =>
  Buffer.from([0, map, kind, 0, 0, 0, map, map * 24, 0, 0, 0, 0, 8, 0, 8, 0, bits, 0x20, 0, 0]);

it.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)('reads a real %s', async (format) => {
  expect(requireReadable(await makeImage(format, { width: 16, height: 16 }))).toBe(format);
});

it.each([
  ['its brand', box('heic', 'mif1')],
  ['the general brand', box('mif1', 'heic')],
])('reads HEIC under %s', (_what, bytes) => {
  expect(requireReadable(bytes)).toBe('heic');
});

it.each([
  ['reserved zeros', latin('BM\x36\x10\0\0\0\0\0\0\x36')],
  ['other reserved bytes but a header', latin('BM\x36\x10\0\0abcd\x36\0\0\0\x28\0\0\0')],
])('reads BMP with %s', (_what, bytes) => {
  expect(requireReadable(bytes)).toBe('bmp');
});

it.each([
  ['SVG', latin('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'svg', 'an SVG drawing'],
  ['SVG after a preamble', latin('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<svg>'), 'svg', 'an SVG drawing'],
  ['SVG with a document type', latin('<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "b"><svg >'), 'svg', 'an SVG'],
  ['PDF', latin('%PDF-1.7'), 'pdf', 'a PDF document'],
  ['an array of bitmaps', latin('BA\x28\0\0\0\0\0\0\0\0\0\0\0BM'), 'bitmap-array', 'OS/2'],
  ['ICO', latin('\0\0\x01\0\x01\0'), 'ico', 'an icon'],
  ['PSD', latin('8BPS\0\x01'), 'psd', 'Photoshop'],
  ['JPEG XL', latin('\xff\x0a\x01'), 'jxl', 'JPEG XL'],
  ['JPEG XL in a box', latin('\0\0\0\x0cJXL \r\n'), 'jxl', 'JPEG XL'],
  ['SVG with entities of its own', latin('<!DOCTYPE svg [<!ENTITY a "b">]><svg>'), 'svg', 'an SVG'],
  ['cursor', latin('\0\0\x02\0\x01\0\x20\x20\0\0\x03\0\x04\0\xa8\x0c\0\0'), 'ico', 'an icon'],
  ['PostScript', latin('%!PS-Adobe-3.0'), 'postscript', 'PostScript'],
  ['OpenEXR', latin('v/1\x01\x02\0\0\0'), 'exr', 'OpenEXR'],
  ['Radiance HDR', latin('#?RADIANCE\n'), 'hdr', 'Radiance HDR'],
  ['FITS', latin('SIMPLE  =                    T'), 'fits', 'FITS'],
  ['Netpbm', latin('P6\n# by a camera\n640 480\n255\n'), 'netpbm', 'Netpbm'],
  ['Netpbm PAM', latin('P7\nWIDTH 4\n'), 'netpbm', 'Netpbm'],
  ['DirectDraw', latin('DDS |\0\0\0'), 'dds', 'DDS'],
  ['PostScript with a preview', latin('\xc5\xd0\xd3\xc6\x1e\0\0\0'), 'postscript', 'PostScript'],
  ['Apple icon', latin('icns\0\0\x12\x34'), 'icns', 'ICNS'],
  ['JPEG XR', latin('II\xbc\x01\x20\0\0\0'), 'jxr', 'JPEG XR'],
  ['PCX', latin('\n\x05\x01\x08\0\0\0\0'), 'pcx', 'PCX'],
  ['PCX of many pages', latin('\xb1\x68\xde\x3a\x04\x10\0\0'), 'pcx', 'PCX'],
  ['SGI', latin('\x01\xda\x01\x01\0\x03'), 'sgi', 'SGI'],
  ['Targa, true colour', tga(0, 2, 24), 'tga', 'TGA'],
  ['Targa, run lengths', tga(0, 10, 32), 'tga', 'TGA'],
  ['Targa, grey', tga(0, 3, 8), 'tga', 'TGA'],
  ['Targa, colour map', tga(1, 9, 8), 'tga', 'TGA'],
  ['QOI', latin('qoif\0\0\0\x01'), 'qoi', 'QOI'],
  ['JPEG 2000 without a container', latin('\xff\x4f\xff\x51'), 'jp2', 'JPEG 2000'],
  ['JPEG 2000', latin('\0\0\0\x0cjP  \r\n'), 'jp2', 'JPEG 2000'],
])('rejects %s by name', (_what, bytes, format, named) => {
  expect(sniff(bytes)).toBe(format);
  expect(() => requireReadable(bytes, 'image/jpeg')).toThrow(
    expect.objectContaining({ code: 'unsupported_image_format', publicMessage: expect.stringContaining(named) }),
  );
});

it.each([
  ['HTML', latin('<!DOCTYPE html><html>'), 'html', 'a web page'],
  ['HTML in lower case after spaces', latin('\n  <html lang="en">'), 'html', 'a web page'],
  ['HTML in UTF-16', Buffer.from('\ufeff<html>', 'utf16le'), 'html', 'a web page'],
  ['XML', latin('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'xml', 'an XML document'],
  ['JSON', latin('{"error": "rate limited"}'), 'json', 'JSON data'],
  ['text', latin('Not found\n'), 'text', 'plain text'],
  ['text that starts like a Netpbm', latin('P6 is a size of screws'), 'text', 'plain text'],
  ['text that starts like a bitmap', latin('BMW for sale'), 'text', 'plain text'],
  ['a video', box('isom', 'avc1'), 'mp4', 'a video'],
  ['a ZIP', latin('PK\x03\x04'), 'zip', 'a ZIP archive'],
  ['an unknown box', box('zzzz'), 'unknown', 'data of an unknown type'],
  ['noise', latin('\x01\x02\x03\x04'), 'unknown', 'data of an unknown type'],
  ['a lone byte', latin('\xff'), 'text', 'plain text'],
  ['nothing', Buffer.alloc(0), 'unknown', 'data of an unknown type'],
])('reports that %s is not an image', (_what, bytes, format, named) => {
  expect(sniff(bytes)).toBe(format);
  expect(() => requireReadable(bytes)).toThrow(
    expect.objectContaining({ code: 'not_an_image', publicMessage: expect.stringContaining(named) }),
  );
});

it('reports that the server declared a page as an image', () => {
  expect(() => requireReadable(latin('<html>'), 'image/jpeg')).toThrow('although the server declares it as an image');
  expect(() => requireReadable(latin('<html>'), 'text/html')).toThrow(/returned a web page instead of an image\.$/);
});
