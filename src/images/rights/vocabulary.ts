import type { Rights } from './types.ts';

/** Terms are written as their list names them, whether the source has the full address or the term alone. */
const term = (pattern: RegExp, list: string, text: string | undefined): string | undefined => {
  const name = text === undefined ? undefined : pattern.exec(text)?.[1];
  return name === undefined ? undefined : `${list}${name}`;
};

const SOURCE_TYPES = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
const SOURCE_TYPE = /^(?:https?:\/\/cv\.iptc\.org\/newscodes\/digitalsourcetype\/)?([A-Za-z]{1,64})$/;
const PLUS_TERMS = 'http://ns.useplus.org/ldf/vocab/';
const DATA_MINING = /^(?:https?:\/\/ns\.useplus\.org\/ldf\/vocab\/)?(DMI-[A-Z-]{1,64})$/;

/** Pages show these as links, so nothing but web addresses. */
const webAddress = (text: string | undefined): string | undefined =>
  text !== undefined && URL.canParse(text) && /^https?:\/\//i.test(text) ? text : undefined;

/** Leaves out what is empty, no web address, or no term of its list. */
export const toVocabulary = (rights: Rights): Rights => {
  const checked = {
    ...rights,
    webStatement: webAddress(rights.webStatement),
    licensorUrl: webAddress(rights.licensorUrl),
    sourceType: term(SOURCE_TYPE, SOURCE_TYPES, rights.sourceType),
    dataMining: term(DATA_MINING, PLUS_TERMS, rights.dataMining),
  };
  return Object.fromEntries(Object.entries(checked).filter(([, value]) => value !== undefined && value.length > 0));
};
