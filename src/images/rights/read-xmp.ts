import sax from 'sax';
import { NS } from './namespaces.ts';
import { MAX_CREATORS, MAX_VALUE_BYTES } from './text.ts';
import type { Rights } from './types.ts';

/** Packets are some kilobytes; edit histories make some much larger, and what is beyond is not read. */
const MAX_BYTES = 1024 * 1024;
const PIECE = 16 * 1024;
const MAX_DEPTH = 64;
const MAX_ATTRIBUTES = 200;

type Field = keyof Rights;

/** Properties of the picture; only these are ever looked at. */
const PROPERTIES: Readonly<Record<string, Field>> = {
  [`${NS.dc}creator`]: 'creators',
  [`${NS.dc}rights`]: 'notice',
  [`${NS.photoshop}Credit`]: 'credit',
  [`${NS.xmpRights}UsageTerms`]: 'usageTerms',
  [`${NS.xmpRights}WebStatement`]: 'webStatement',
  [`${NS.Iptc4xmpExt}DigitalSourceType`]: 'sourceType',
  [`${NS.plus}DataMining`]: 'dataMining',
};

/** Fields of structures, by the property that has the structure. */
const STRUCTURES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  [`${NS.plus}CopyrightOwner`]: { [`${NS.plus}CopyrightOwnerName`]: 'ownerName' },
  [`${NS.plus}Licensor`]: { [`${NS.plus}LicensorName`]: 'licensorName', [`${NS.plus}LicensorURL`]: 'licensorUrl' },
};

const [RDF, DESCRIPTION, ITEM, RESOURCE] = ['RDF', 'Description', 'li', 'resource'].map((name) => NS.rdf + name);

/** The prefixes that an element declares, and those around it; a copy of all for each would cost their number. */
interface Prefixes {
  readonly own: ReadonlyMap<string, string>;
  readonly outer: Prefixes | null;
}

interface Frame {
  readonly name: string;
  readonly prefixes: Prefixes | null;
  /** What a text directly inside belongs to. */
  readonly field: Field | undefined;
  /** The fields that elements below may have. */
  fields: Readonly<Record<string, Field>> | undefined;
  readonly isDefault: boolean;
  text: string;
}

/**
 * The rights of a packet of XMP (ISO 16684-1), written as elements or as attributes, under any prefixes. Properties of what
 * the picture was made from (ingredients, history) are not its own. Only the five entities of XML and numeric ones exist.
 * @returns what was read before the first error; nothing of a packet with a DOCTYPE
 */
export const readXmpRights = (packet: Buffer): Rights => {
  const found = new Map<Field, string[]>();
  const defaults = new Set<Field>();
  const add = (field: Field, text: string, isDefault = false): void => {
    const value = text.trim();
    const values = found.get(field) ?? [];
    if (value === '' || (values.length >= MAX_CREATORS && !isDefault)) return;
    // Of several languages, the default one.
    if (isDefault && !defaults.has(field)) values.unshift(value);
    else values.push(value);
    if (isDefault) defaults.add(field);
    found.set(field, values);
  };

  const parser = sax.parser(true);
  const frames: Frame[] = [];
  let attributes = 0;
  parser.onerror = (error) => {
    throw error;
  };
  parser.ondoctype = () => {
    throw new Error('A packet of XMP has no document type declaration.');
  };
  parser.onattribute = () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) throw new Error('An element has too many attributes.');
  };
  parser.onopentag = (tag) => {
    attributes = 0;
    if (frames.length >= MAX_DEPTH) throw new Error('The elements are nested too deeply.');
    const given = Object.entries(tag.attributes as Record<string, string>);
    const parent = frames.at(-1);
    const prefixes = withDeclared(parent?.prefixes ?? null, given);
    const frame = enter(expand(tag.name, prefixes), prefixes, frames, given);
    // Of several licensors only the first: the name of one does not belong to the address of another.
    if (frame.name === ITEM && Object.values(frame.fields ?? {}).some((field) => found.has(field)))
      frame.fields = undefined;
    frames.push(frame);
    for (const [name, value] of given) {
      const full = expand(name, prefixes);
      const field = full === RESOURCE ? frame.field : frame.fields?.[full];
      if (field !== undefined) add(field, value.slice(0, MAX_VALUE_BYTES));
    }
  };
  const onText = (text: string): void => {
    const frame = frames.at(-1);
    if (frame?.field !== undefined && frame.text.length < MAX_VALUE_BYTES)
      frame.text = (frame.text + text).slice(0, MAX_VALUE_BYTES);
  };
  parser.ontext = onText;
  parser.oncdata = onText;
  parser.onclosetag = () => {
    const frame = frames.pop();
    if (frame?.field !== undefined) add(frame.field, frame.text, frame.isDefault);
  };
  try {
    const text = new TextDecoder().decode(packet.subarray(0, MAX_BYTES));
    for (let at = 0; at < text.length; at += PIECE) parser.write(text.slice(at, at + PIECE));
  } catch {
    // Rights are kept as far as they can be read.
  }
  const single = Object.fromEntries([...found].map(([field, [first]]) => [field, first]));
  const creators = found.get('creators');
  return { ...single, ...(creators && { creators }) };
};

const withDeclared = (outer: Prefixes | null, attributes: readonly (readonly [string, string])[]): Prefixes | null => {
  const declared = attributes.filter(([name]) => name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  return { own: new Map(declared.map(([name, uri]) => [name.slice(6), uri])), outer };
};

/** The name with its namespace in place of the prefix. */
const expand = (name: string, prefixes: Prefixes | null): string => {
  const colon = name.indexOf(':');
  const prefix = name.slice(0, Math.max(colon, 0));
  for (let scope = prefixes; colon !== -1 && scope !== null; scope = scope.outer) {
    const uri = scope.own.get(prefix);
    if (uri !== undefined) return uri + name.slice(colon + 1);
  }
  return name;
};

const enter = (
  name: string,
  prefixes: Prefixes | null,
  frames: readonly Frame[],
  attributes: readonly (readonly [string, string])[],
): Frame => {
  const parent = frames.at(-1);
  const frame = { name, prefixes, text: '', field: undefined, fields: undefined, isDefault: false };
  // The picture's own description: in the RDF at the top, not in a structure.
  if (name === DESCRIPTION && parent?.name === RDF && frames.length <= 2) return { ...frame, fields: PROPERTIES };
  const isProperty = parent?.fields === PROPERTIES;
  if (isProperty && STRUCTURES[name]) return { ...frame, fields: STRUCTURES[name] };
  const own = parent?.fields?.[name];
  if (own !== undefined) return { ...frame, field: own };
  if (isProperty || parent === undefined) return frame;
  const isDefault = attributes.some(([given, value]) => given === 'xml:lang' && value === 'x-default');
  // Lists and their items, and descriptions inside a structure, belong to what they are in.
  return { ...frame, field: name === ITEM ? listField(frames) : undefined, fields: parent.fields, isDefault };
};

/** The property that an item's list is the value of. */
const listField = (frames: readonly Frame[]): Field | undefined => frames.at(-2)?.field;
