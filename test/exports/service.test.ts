import sharp from 'sharp';
import { inspect } from '../csv/sources.ts';
import { ImageServer } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, upload, uploaded } from '../support/service.ts';
import { bytesOf, EXPORTS, type Export, type ParsedRows, parseRows, urlsOf } from './exports.ts';

let service: TestService;
let images: ImageServer;
const requestIds = new Map<Export, string>();
const answers = new Map<Export, { status: number; body: { file?: object; errors?: object } }>();
/** Each URL of the image server has an image of its own width. */
const widths = new Map<string, number>();

beforeAll(async () => {
  images = await ImageServer.start(
    {},
    {
      fallback: async (response, _attempt, request) => {
        const path = request.url ?? '/';
        const width = widths.get(path) ?? widths.size + 1;
        widths.set(path, width);
        const bytes = await sharp({ create: { width, height: 4, channels: 3, background: '#4488cc' } })
          .png()
          .toBuffer();
        response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': bytes.length }).end(bytes);
      },
    },
  );
  service = await startTestService();
  await Promise.all(
    EXPORTS.map(async (given) => {
      const response = await upload(service.url, bytesOf(given, images.origin));
      const body = JSON.parse(await response.text());
      answers.set(given, { status: response.status, body });
      requestIds.set(given, body.requestId);
      if (response.status === 202) await finished(service.url, body.requestId);
    }),
  );
});

afterAll(async () => {
  await service?.close();
  await images?.close();
});

const outputOf = async (requestId = ''): Promise<Buffer> => {
  const response = await fetch(`${service.url}/api/output/${requestId}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

/** Outputs are in UTF-8. */
const parseOutput = (bytes: Buffer, given: Export): ParsedRows => parseRows(bytes, { ...given, encoding: 'utf-8' });

/** The width of the image behind an output URL, which tells from which input it is. */
const widthOf = async (outputUrl: string): Promise<number | undefined> => {
  const response = await fetch(`${service.url}${new URL(outputUrl).pathname}`);
  return (await sharp(Buffer.from(await response.arrayBuffer())).metadata()).width;
};

const widthOfInput = (url: string): number | undefined => {
  const { pathname, search } = new URL(url);
  return widths.get(pathname + search);
};

const urlsIn = (cell: string | undefined): string[] => (cell ?? '').split(/[\s,;|]+/).filter((url) => url !== '');

const outputName = (name: string): string => `Output ${name.replace(/^Input /, '')}`;

describe.each(EXPORTS)('$file', (given) => {
  test('is accepted, and the answer says what was found', () => {
    const { status, body } = answers.get(given) ?? {};
    expect({ status, errors: body?.errors }).toEqual({ status: 202 });
    expect(body?.file).toMatchObject({
      kind: 'csv',
      ...{ encoding: given.encoding, delimiter: given.delimiter, headerLine: given.headerLine },
      columns: { images: given.images, serialNumber: given.serialNumber, productName: given.productName },
      ...{ rows: given.rows, rowsWithoutImages: given.rowsWithoutImages, images: given.urls },
    });
  });

  test('is previewed as it is taken', async () => {
    const form = new FormData();
    form.set('file', new Blob([bytesOf(given, images.origin)]), given.file);
    const response = await fetch(`${service.url}/api/preview`, { method: 'POST', body: form });
    const { errors, ...preview } = (await response.json()) as { errors: unknown; file: unknown; header: string[] };
    expect(errors).toEqual([]);
    expect(preview).toMatchObject({ file: answers.get(given)?.body.file });
    expect(preview.header).toEqual(parseRows(bytesOf(given), given).header);
  });

  test('comes back with the same rows, and the new URLs of each image column in order', async () => {
    const input = parseRows(bytesOf(given, images.origin), given);
    const bytes = await outputOf(requestIds.get(given));
    expect(bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))).toBe(
      given.bom || given.encoding === 'windows-1252',
    );
    const output = parseOutput(bytes, given);

    const names = given.images.map(outputName);
    const added = names.filter((name) => !input.header.includes(name));
    expect(output.header).toEqual([...input.header, ...added]);
    expect(output.preamble.map((cells) => cells.join().replace(/,+$/, ''))).toEqual(
      input.preamble.map((cells) => cells.join().replace(/,+$/, '')),
    );
    const kept = (cells: readonly string[]): string[] =>
      input.header.flatMap((name, index) => (names.includes(name) ? [] : [cells[index] ?? '']));
    expect(output.rows.map(kept)).toEqual(input.rows.map(kept));

    for (const [number, row] of input.rows.entries()) {
      for (const [column, name] of names.entries()) {
        const wanted = urlsOf(row, input.header, given.images).filter((url) => url.column === column);
        const outputs = urlsIn(output.rows[number]?.[output.header.indexOf(name)]);
        expect(await Promise.all(outputs.map(widthOf))).toEqual(wanted.map(({ url }) => widthOfInput(url)));
      }
    }
  });

  test('its output has the same image columns when it is uploaded again', async () => {
    const output = await outputOf(requestIds.get(given));
    const { dialect, errors, urls } = await inspect(output, { limits: { maxColumns: 200 } });
    expect({ errors, urls }).toEqual({ errors: [], urls: given.urls });
    expect(dialect?.columns.images.map((index) => dialect.header[index])).toEqual(given.images);
  });
});

test.each(['shopify.csv', 'woocommerce.csv', 'ebay-file-exchange.csv', 'squarespace.csv', 'wix.csv', 'airtable.csv'])(
  '%s has the new URLs in place of its own with output=replace, separated as before',
  async (file) => {
    const given = EXPORTS.find((each) => each.file === file) as Export;
    const input = parseRows(bytesOf(given, images.origin), given);
    const requestId = await uploaded(service.url, bytesOf(given, images.origin), { output: 'replace' });
    await finished(service.url, requestId);
    const output = parseOutput(await outputOf(requestId), given);
    expect(output.header).toEqual(input.header);
    const shape = (cells: readonly string[]): string[] =>
      cells.map((cell, index) =>
        given.images.includes(input.header[index] ?? '') ? cell.replaceAll(/https?:[^\s,;|)]+/g, 'URL') : cell,
      );
    expect(output.rows.map(shape)).toEqual(input.rows.map(shape));
    for (const [number, row] of input.rows.entries()) {
      const wanted = urlsOf(row, input.header, given.images);
      const outputs = urlsOf(output.rows[number] ?? [], output.header, given.images);
      expect(await Promise.all(outputs.map(({ url }) => widthOf(url)))).toEqual(
        wanted.map(({ url }) => widthOfInput(url)),
      );
    }
  },
);
