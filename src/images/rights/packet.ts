import { NS } from './namespaces.ts';
import { MAX_VALUE_BYTES } from './text.ts';
import type { Rights } from './types.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Outside the characters of XML 1.0 (2.2), together with lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const NO_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u;

/** Escaped, and cut at a character where it exceeds the bytes that are left. */
const escaped = (text: string, most = MAX_VALUE_BYTES): string => {
  let all = '';
  let left = most;
  for (const character of text) {
    if (NO_CHARACTER.test(character)) continue;
    const written = ENTITIES[character] ?? character;
    left -= Buffer.byteLength(written);
    if (left < 0) break;
    all += written;
  }
  return all;
};

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;
const simple = (name: string, text: string | undefined): string => (text ? element(name, escaped(text)) : '');
const inLanguage = (name: string, text: string | undefined): string =>
  text ? element(name, `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(text)}</rdf:li></rdf:Alt>`) : '';

/** Together no longer than one value, so that the packet fits into a segment of JPEG (64 KiB) whatever its source has. */
const sequence = (name: string, texts: readonly string[]): string => {
  let left = MAX_VALUE_BYTES;
  const items = texts.map((text) => {
    const content = escaped(text, left);
    left -= Buffer.byteLength(content);
    return content === '' ? '' : element('rdf:li', content);
  });
  return texts.length === 0 ? '' : element(name, element('rdf:Seq', items.join('')));
};

const structures = (name: string, fields: string): string =>
  fields && element(name, `<rdf:Seq><rdf:li rdf:parseType="Resource">${fields}</rdf:li></rdf:Seq>`);

/** A packet of XMP with these rights and nothing else (ISO 16684-1); at most 45 KiB. */
export const writePacket = (rights: Rights): string => {
  const { rdf, ...used } = NS;
  const namespaces = Object.entries(used).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`);
  const properties = [
    sequence('dc:creator', rights.creators ?? []),
    inLanguage('dc:rights', rights.notice),
    simple('photoshop:Credit', rights.credit),
    inLanguage('xmpRights:UsageTerms', rights.usageTerms),
    simple('xmpRights:WebStatement', rights.webStatement),
    simple('Iptc4xmpExt:DigitalSourceType', rights.sourceType),
    simple('plus:DataMining', rights.dataMining),
    structures('plus:CopyrightOwner', simple('plus:CopyrightOwnerName', rights.ownerName)),
    structures(
      'plus:Licensor',
      simple('plus:LicensorName', rights.licensorName) + simple('plus:LicensorURL', rights.licensorUrl),
    ),
  ];
  const description = `<rdf:Description rdf:about=""${namespaces.join('')}>${properties.join('')}</rdf:Description>`;
  const content = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${rdf}">${description}</rdf:RDF></x:xmpmeta>`;
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>${content}<?xpacket end="r"?>`;
};
