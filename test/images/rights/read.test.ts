import { writePacket } from '../../../src/images/rights/packet.ts';
import { readExifRights } from '../../../src/images/rights/read-exif.ts';
import { readIimRights } from '../../../src/images/rights/read-iim.ts';
import { readXmpRights } from '../../../src/images/rights/read-xmp.ts';
import { toVocabulary } from '../../../src/images/rights/vocabulary.ts';
import { exifOf, iimOf, photoshopOf, xmpOf } from './sources.ts';

const read = (description: string) => readXmpRights(Buffer.from(xmpOf(description)));

describe('XMP', () => {
  test.each([
    [
      'a list',
      '<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B &amp; C</rdf:li></rdf:Seq></dc:creator>',
      { creators: ['A', 'B & C'] },
    ],
    ['a text in place of a list', '<dc:creator>A</dc:creator>', { creators: ['A'] }],
    [
      'the default language',
      '<dc:rights><rdf:Alt><rdf:li xml:lang="de">D</rdf:li><rdf:li xml:lang="x-default">E</rdf:li></rdf:Alt></dc:rights>',
      { notice: 'E' },
    ],
    ['CDATA and comments', '<photoshop:Credit>A<!-- x --><![CDATA[<B>]]></photoshop:Credit>', { credit: 'A<B>' }],
    [
      'a resource',
      '<xmpRights:WebStatement rdf:resource="https://a.example/"/>',
      { webStatement: 'https://a.example/' },
    ],
    [
      'a structure of elements',
      '<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:LicensorName>L</plus:LicensorName><plus:LicensorURL>https://l.example</plus:LicensorURL><plus:LicensorEmail>x@y.example</plus:LicensorEmail></rdf:li></rdf:Seq></plus:Licensor>',
      { licensorName: 'L', licensorUrl: 'https://l.example' },
    ],
    [
      'a structure of attributes',
      '<plus:Licensor><rdf:Bag><rdf:li><rdf:Description plus:LicensorName="L"/></rdf:li></rdf:Bag></plus:Licensor>',
      { licensorName: 'L' },
    ],
    [
      'the first of two licensors',
      '<plus:Licensor><rdf:Seq><rdf:li plus:LicensorName="L"/><rdf:li plus:LicensorURL="https://other.example"/></rdf:Seq></plus:Licensor>',
      { licensorName: 'L' },
    ],
    [
      'nothing of ingredients',
      '<xmpMM:Ingredients xmlns:xmpMM="m:"><rdf:Bag><rdf:li><rdf:Description><dc:creator>No</dc:creator></rdf:Description></rdf:li></rdf:Bag></xmpMM:Ingredients>',
      {},
    ],
    ['nothing of other namespaces', '<o:creator xmlns:o="http://other.example/">No</o:creator>', {}],
    [
      'what comes before an error',
      '<photoshop:Credit>Yes</photoshop:Credit><dc:rights>&unknown;</dc:rights>',
      { credit: 'Yes' },
    ],
  ])('%s', (_what, description, expected) => {
    expect(read(description)).toEqual(expected);
  });

  test('attributes, other prefixes and RDF as the root', () => {
    const packet =
      '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description p:Credit="C" xmlns:p="http://ns.adobe.com/photoshop/1.0/"/></r:RDF>';
    expect(readXmpRights(Buffer.from(packet))).toEqual({ credit: 'C' });
  });

  test.each([
    ['a DOCTYPE', `<!DOCTYPE x [<!ENTITY a "aaaa">]>${xmpOf('<dc:creator>&a;</dc:creator>')}`],
    ['no XML', '\0\0\xff GPS'],
    ['deep nesting', `${'<a>'.repeat(300_000)}`],
    ['many attributes', `<a ${Array.from({ length: 100_000 }, (_, n) => `a${n}=""`).join(' ')}>`],
    [
      'many prefixes',
      xmpOf(
        `<b ${Array.from({ length: 199 }, (_, n) => `xmlns:a${n}="u"`).join(' ')}>${'<a1:c a2:d="" xmlns:e="f"/>'.repeat(30_000)}`,
      ),
    ],
    ['many pieces of text', xmpOf(`<photoshop:Credit>${'a<!---->'.repeat(120_000)}`)],
    ['a huge comment', `<!--${'x'.repeat(2_000_000)}-->`],
  ])('hostile: %s has no rights, in linear time', (_what, packet) => {
    const startedAt = process.cpuUsage();
    expect(readXmpRights(Buffer.from(packet))).toEqual({});
    expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(3_000);
  });

  test('the number of creators and the length of values are bounded', () => {
    const items = `<rdf:li>${'x'.repeat(100_000)}</rdf:li>`.repeat(5) + '<rdf:li>y</rdf:li>'.repeat(1_000);
    const { creators = [] } = read(`<dc:creator><rdf:Seq>${items}</rdf:Seq></dc:creator>`);
    expect(creators).toHaveLength(20);
    expect(Math.max(...creators.map((name) => name.length))).toBe(4096);
  });
});

describe('IPTC-IIM', () => {
  test('by-lines, credit and notice, as datasets or in resources of Photoshop', () => {
    const datasets = iimOf([80, 'Ann'], [80, 'Ben'], [90, 'Paris'], [110, 'Agency'], [116, '© Ann']);
    const expected = { creators: ['Ann', 'Ben'], credit: 'Agency', notice: '© Ann' };
    expect(readIimRights(datasets)).toEqual(expected);
    expect(readIimRights(photoshopOf(datasets))).toEqual(expected);
  });

  test('Windows-1252 where it is no UTF-8', () => {
    expect(readIimRights(iimOf([80, Buffer.from('Ren\xe9', 'latin1')]))).toEqual({ creators: ['René'] });
  });

  test.each([
    ['cut', iimOf([80, 'Ann'], [116, 'notice']).subarray(0, -1), { creators: ['Ann'] }],
    [
      'an extended length',
      Buffer.concat([iimOf([80, 'Ann']), Buffer.from([0x1c, 2, 116, 0x80, 4, 0, 0, 0, 1, 65])]),
      { creators: ['Ann'] },
    ],
    ['resources without end', Buffer.from('Photoshop 3.0\x008BIM\x04\x04\x00\x00\xff\xff\xff\xff', 'latin1'), {}],
    ['empty', Buffer.alloc(0), {}],
  ])('hostile: %s', (_what, bytes, expected) => {
    expect(readIimRights(bytes)).toEqual(expected);
  });
});

describe('EXIF', () => {
  test.each(['II', 'MM'] as const)('artists and the copyright of the photographer, %s', (order) => {
    const exif = exifOf(order, { 271: 'Canon', 315: 'Ann; Ben', 33432: '© Ann\0© Editor' });
    expect(readExifRights(exif)).toEqual({ creators: ['Ann', 'Ben'], notice: '© Ann' });
    expect(readExifRights(exif.subarray(6))).toEqual({ creators: ['Ann', 'Ben'], notice: '© Ann' });
  });

  test('the copyright of the editor alone', () => {
    expect(readExifRights(exifOf('II', { 33432: ' \0© Editor' }))).toEqual({ notice: '© Editor' });
  });

  test('of a cut structure, what is there', () => {
    const exif = exifOf('MM', { 315: 'Ann', 33432: '© Ann and others' });
    for (let length = 0; length < exif.length; length += 1)
      expect(() => readExifRights(exif.subarray(0, length))).not.toThrow();
  });
});

test('addresses and terms that are none are left out', () => {
  const given = {
    sourceType: 'trainedAlgorithmicMedia',
    webStatement: 'javascript:alert(1)',
    licensorUrl: '/a',
    dataMining: 'x y',
    credit: '',
  };
  expect(toVocabulary(given)).toEqual({
    sourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
  });
});

describe('the packet', () => {
  const all = {
    creators: ['A', 'B <&>'],
    notice: '"©" \u{1f600}',
    credit: 'C',
    usageTerms: 'T',
    webStatement: 'https://w.example/?a=1&b=2',
    ownerName: 'O',
    licensorName: 'L',
    licensorUrl: 'https://l.example',
    sourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalArt',
    dataMining: 'http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED',
  };

  test('has what is read of it', () => {
    expect(readXmpRights(Buffer.from(writePacket(all)))).toEqual(all);
  });

  test('fits into a segment of JPEG, whatever it holds, and is well-formed', () => {
    const long = `\0\ud800\ufffe${'&😀'.repeat(5_000)}`;
    const { creators: _, ...texts } = all;
    const filled = Object.fromEntries(Object.keys(texts).map((field) => [field, long]));
    const packet = writePacket({ ...filled, creators: new Array(20).fill(long) });
    expect(Buffer.byteLength(packet)).toBeLessThan(46_000);
    const back = readXmpRights(Buffer.from(packet));
    expect(Object.keys(back).sort()).toEqual(Object.keys(all).sort());
    expect(back.credit).toMatch(/^(&😀){400,}&?$/u);
  });
});
