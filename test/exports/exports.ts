import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import Papa from 'papaparse';
import type { Encoding } from '../../src/csv/encoding.ts';
import type { Delimiter } from '../../src/csv/record.ts';

/** What is known of a fixture; README.md says where its header is documented. */
export interface Export {
  readonly file: string;
  readonly delimiter: Delimiter;
  readonly encoding: Encoding;
  readonly bom: boolean;
  /** Rows above the header row that are not blank, and its line number. */
  readonly preamble: number;
  readonly headerLine: number;
  readonly serialNumber: string | null;
  readonly productName: string | null;
  readonly images: readonly string[];
  /** Columns named after images that have other values. */
  readonly ignored: readonly string[];
  readonly rows: number;
  readonly rowsWithoutImages: number;
  readonly urls: number;
}

type Counts = readonly [rows: number, rowsWithoutImages: number, urls: number];

const CSV = { delimiter: ',', encoding: 'utf-8', bom: false, preamble: 0, headerLine: 1, ignored: [] } as const;

const fixture = (
  file: string,
  columns: Pick<Export, 'serialNumber' | 'productName' | 'images'>,
  [rows, rowsWithoutImages, urls]: Counts,
  format: Partial<Export> = {},
): Export => ({ ...CSV, file, ...columns, rows, rowsWithoutImages, urls, ...format });

const columns = (serialNumber: string | null, productName: string | null, ...images: string[]) => ({
  serialNumber,
  productName,
  images,
});

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

const imageLocator = (name: string) => `${name}[marketplace_id=ATVPDKIKX0DER]#1.media_location`;

export const EXPORTS: readonly Export[] = [
  fixture('shopify.csv', columns('Variant SKU', 'Title', 'Image Src', 'Variant Image'), [6, 2, 5]),
  fixture('shopify-2024.csv', columns('SKU', 'Title', 'Product image URL', 'Variant image URL'), [3, 1, 3]),
  fixture('woocommerce.csv', columns('SKU', 'Name', 'Images'), [5, 1, 6]),
  fixture(
    'magento2.csv',
    columns('sku', 'name', 'base_image', 'small_image', 'thumbnail_image', 'swatch_image', 'additional_images'),
    [4, 2, 9],
  ),
  fixture('prestashop-import.csv', columns('Reference #', 'Name *', 'Image URLs (x,y,z...)'), [3, 1, 3], {
    delimiter: ';',
  }),
  fixture('prestashop-list.csv', columns('Reference', 'Name', 'Image'), [3, 1, 2], { delimiter: ';' }),
  fixture(
    'amazon-flat-file.txt',
    columns('item_sku', 'item_name', 'main_image_url', ...numbered('other_image_url', 8), 'swatch_image_url'),
    [3, 1, 5],
    { delimiter: '\t', encoding: 'windows-1252', preamble: 2, headerLine: 3 },
  ),
  fixture(
    'amazon-2023.txt',
    columns(
      'contribution_sku#1.value',
      'item_name[marketplace_id=ATVPDKIKX0DER][language_tag=en_US]#1.value',
      ...[
        'main_product_image_locator',
        ...numbered('other_product_image_locator_', 8),
        'swatch_product_image_locator',
      ].map(imageLocator),
    ),
    [3, 1, 4],
    { delimiter: '\t', preamble: 4, headerLine: 5 },
  ),
  fixture('google-merchant.txt', columns('id', 'title', 'image_link', 'additional_image_link'), [2, 0, 4], {
    delimiter: '\t',
  }),
  fixture('google-merchant-de.txt', columns('ID', 'Titel', 'Bildlink', 'Zusätzlicher Bildlink'), [2, 0, 3], {
    delimiter: '\t',
  }),
  fixture('ebay-file-exchange.csv', columns('CustomLabel', '*Title', 'PicURL'), [3, 1, 4]),
  fixture('ebay-drafts.csv', columns('Custom label (SKU)', 'Title', 'Item photo URL'), [2, 0, 3], {
    preamble: 4,
    headerLine: 5,
  }),
  fixture(
    'bigcommerce.csv',
    columns('Product Code/SKU', 'Product Name', 'Product Image URL - 1', 'Product Image URL - 2'),
    [3, 1, 3],
  ),
  fixture(
    'bigcommerce-v3.csv',
    columns('SKU', 'Name', 'Variant Image URL', 'Internal Image URL (Export)', 'Image URL (Import)'),
    [6, 3, 3],
  ),
  fixture('squarespace.csv', columns('SKU', 'Title', 'Hosted Image URLs'), [3, 1, 4]),
  fixture('wix.csv', columns('sku', 'name', 'productImageUrl'), [3, 1, 3], { bom: true }),
  fixture('wix-v3.csv', columns('sku', 'name', 'media'), [3, 1, 2]),
  fixture('etsy.csv', columns('SKU', 'TITLE', ...numbered('IMAGE', 10)), [2, 0, 11]),
  fixture('shopware6.csv', columns('product_number', 'name', 'cover_media_url', 'media'), [3, 1, 5], {
    delimiter: ';',
  }),
  fixture('meta-catalog.csv', columns('id', 'title', 'image_link', 'additional_image_link'), [2, 0, 4], {
    preamble: 1,
    headerLine: 2,
  }),
  fixture(
    'ecwid.csv',
    columns(
      'product_sku',
      'product_name',
      'product_media_main_image_url',
      'product_media_gallery_image_url_1',
      'product_media_gallery_image_url_2',
    ),
    [2, 1, 2],
  ),
  fixture('airtable.csv', columns('SKU', 'Name', 'Photos'), [2, 0, 3], { bom: true }),
  fixture('german-list.csv', columns('Artikelnummer', 'Bezeichnung', 'Bild-URL'), [3, 1, 2], {
    delimiter: ';',
    encoding: 'windows-1252',
  }),
  fixture('sku-image-url.csv', columns('SKU', null, 'Image URL'), [2, 0, 2]),
  fixture('image-url-1-2.csv', columns(null, null, 'Image URL 1', 'Image URL 2'), [2, 0, 3]),
  fixture('number-sign.csv', columns('#', 'Product Name', 'Image URLs'), [2, 0, 3]),
  fixture('serial-title-src.csv', columns('Serial Number', 'Title', 'Image Src'), [2, 0, 2]),
  fixture('excel-unicode-text.txt', columns('Nr.', 'Produkt', 'Foto 1', 'Foto 2'), [2, 0, 3], {
    delimiter: '\t',
    encoding: 'utf-16le',
    bom: true,
  }),
  fixture('excel-sep.csv', columns('Nr.', 'Name', 'Bilder'), [2, 0, 3], {
    delimiter: ';',
    encoding: 'windows-1252',
    headerLine: 2,
  }),
  fixture('titled-list.csv', columns('No.', 'Product', 'Photo'), [4, 2, 2], { preamble: 2, headerLine: 4 }),
  fixture('output.csv', columns('S. No.', 'Product Name', 'Input Image Urls'), [2, 0, 3]),
];

/** The host of the image URLs in the fixtures. */
export const IMAGE_ORIGIN = 'https://images.example';

const decode = (bytes: Buffer, encoding: Encoding): string => iconv.decode(bytes, encoding, { stripBOM: false });

/** The bytes of the fixture, with its images at another origin. */
export const bytesOf = ({ file, encoding }: Export, origin = IMAGE_ORIGIN): Buffer => {
  const bytes = readFileSync(join(__dirname, 'fixtures', file));
  return iconv.encode(decode(bytes, encoding).replaceAll(IMAGE_ORIGIN, origin), encoding);
};

export interface ParsedRows {
  readonly preamble: readonly string[][];
  readonly header: readonly string[];
  readonly rows: readonly string[][];
}

/** Reads a file with Papa Parse, apart from the project's own reader. */
export const parseRows = (bytes: Buffer, { encoding, delimiter, preamble }: Export): ParsedRows => {
  const text = decode(bytes, encoding)
    .replace(/^\uFEFF/, '')
    .replace(/^sep=.\r?\n/, '')
    .replaceAll('\u001a', '');
  const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: 'greedy' });
  const [header = [], ...rows] = data.slice(preamble);
  return { preamble: data.slice(0, preamble), header, rows };
};

/** The URLs of a cell, or those in parentheses after file names. */
const urlsIn = (cell: string): string[] => {
  const attached = [...cell.matchAll(/\((https?:[^)]+)\)/g)].map(([, url = '']) => url);
  return attached.length > 0 ? attached : cell.split(/[\s,;|]+(?=https?:)/).filter((url) => /^https?:/.test(url));
};

/** The image URLs of a row in order, each with the position of its column among the image columns. */
export const urlsOf = (
  row: readonly string[],
  header: readonly string[],
  images: readonly string[],
): { url: string; column: number }[] =>
  images.flatMap((name, column) => urlsIn(row[header.indexOf(name)] ?? '').map((url) => ({ url, column })));
