import { trimEnd } from '../trim.ts';

const MAX_FOLDER_CHARACTERS = 70;
/** Reserved by Windows, alone or before a dot. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/**
 * A name that every system accepts as a path segment: no separators, no control, invisible or direction-changing
 * characters, no names reserved by Windows, no leading or trailing dots or spaces.
 */
export const safeName = (text: string): string => {
  const clean = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\s\u00a0]+/gu, ' ')
    .replace(/[<>:"/\\|?*\p{C}\ufffd]+/gu, '_');
  const cut = [...clean.slice(0, MAX_FOLDER_CHARACTERS + 2)].join('').slice(0, MAX_FOLDER_CHARACTERS);
  const trimmed = trimEnd(cut.replace(/[\ud800-\udbff]$/, '').replace(/^[. ]+/, ''), '. ');
  if (trimmed === '') return '_';
  return RESERVED.test(trimmed) ? `_${trimmed}` : trimmed;
};

/**
 * Gives each product its own folder `<serial>-<product>`. Names are compared case-insensitively, as on Windows and
 * macOS; duplicates get ` (2)` and so on.
 */
export const createFolderNames = (): ((serialNumber: string, productName: string) => string) => {
  const taken = new Map<string, number>();
  return (serialNumber, productName) => {
    const base = safeName([serialNumber, productName].filter((part) => part !== '').join('-'));
    let name = base;
    while (taken.has(name.toLowerCase())) {
      const number = (taken.get(base.toLowerCase()) ?? 1) + 1;
      taken.set(base.toLowerCase(), number);
      name = `${base} (${number})`;
    }
    taken.set(name.toLowerCase(), 1);
    return name;
  };
};
