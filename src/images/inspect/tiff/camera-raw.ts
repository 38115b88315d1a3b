import { TAG, type Tiff, type TiffDirectory } from './tiff.ts';

/** Samples of a sensor instead of a picture: TIFF/EP's colour filter array and DNG's linear raw. */
const SENSOR = new Set([32803, 34892]);

/** Compressions that only raw files use: Sony, Epson, Samsung, Nikon, Kodak and Pentax. */
const RAW_COMPRESSIONS = new Set([32767, 32769, 32770, 32867, 34713, 65000, 65535]);

/** What a maker calls its raw files on TIFF. */
const BY_MAKER: readonly (readonly [RegExp, string])[] = [
  [/nikon/i, 'Nikon, NEF'],
  [/canon/i, 'Canon, CR2'],
  [/sony/i, 'Sony, ARW'],
  [/pentax|ricoh/i, 'Pentax, PEF'],
  [/olympus|om digital/i, 'Olympus, ORF'],
  [/panasonic|leica/i, 'Panasonic, RW2'],
  [/samsung/i, 'Samsung, SRW'],
  [/hasselblad/i, 'Hasselblad, 3FR'],
  [/phase one/i, 'Phase One, IIQ'],
  [/leaf/i, 'Leaf, MOS'],
  [/kodak/i, 'Kodak, DCR'],
  [/epson/i, 'Epson, ERF'],
  [/mamiya/i, 'Mamiya, MEF'],
];

const isSensor = (directory: TiffDirectory): boolean =>
  SENSOR.has(directory.value(TAG.photometric, -1)) || RAW_COMPRESSIONS.has(directory.value(TAG.compression, 1));

/** The name of the raw format, such as `Nikon, NEF`; null if the file is not a camera's raw file. */
export const cameraRaw = (bytes: Buffer, { pages, below }: Tiff): string | null => {
  const [first] = pages;
  if (first === undefined) return null;
  if (pages.some((page) => page.has(TAG.dngVersion))) return 'DNG';
  // Canon marks its files behind the TIFF header.
  const isCanon = bytes.toString('latin1', 8, 10) === 'CR' && bytes[10] === 2;
  if (isCanon) return 'Canon, CR2';
  if (!pages.some((page) => isSensor(page) || below(page).some(isSensor))) return null;
  const make = first.text(TAG.make);
  return BY_MAKER.find(([pattern]) => pattern.test(make))?.[1] ?? 'TIFF/EP';
};
