import { inspect } from './sources.ts';

const ROWS = Array.from({ length: 30 }, (_, index) => `A${index},Mug,https://shop.test/mug-${index}`);

test('the header row and the first rows come back, cut to the header row and to what can be shown', async () => {
  const found = await inspect(`Catalogue\nSKU,Image\n1,"https://a.example/1.jpg?${'x'.repeat(400)}",,\n`);
  expect(found).toMatchObject({ header: ['SKU', 'Image'], headerLine: 2, errors: [] });
  const [first] = found.sample;
  expect(first?.line).toBe(3);
  expect(first?.cells.map((cell) => cell.length)).toEqual([1, 300]);
});

test('a table without image columns comes back with its header row and first rows, to choose from', async () => {
  const found = await inspect(
    `Catalogue\nCode,What,Where,Also\n\n${ROWS.map((row) => `${row},${row.split(',')[2]}`).join('\n')}\n`,
  );
  expect(found.errors.map(({ code }) => code)).toEqual(['csv_missing_column']);
  expect(found).toMatchObject({ dialect: null, header: ['Code', 'What', 'Where', 'Also'], headerLine: 2, rows: 0 });
  expect(found.sample).toHaveLength(20);
  expect(found.sample[0]).toEqual({
    line: 4,
    cells: ['A0', 'Mug', 'https://shop.test/mug-0', 'https://shop.test/mug-0'],
  });
  const chosen = { imageColumns: ['#3'], nameColumn: 'what', serialColumn: 'none' };
  const mapped = await inspect(`Code,What,Where,Also\n${ROWS.map((row) => `${row},x`).join('\n')}\n`, {
    choice: chosen,
  });
  expect(mapped).toMatchObject({ errorCount: 0, rows: 30, urls: 30 });
  expect(mapped.dialect?.columns).toEqual({ serialNumber: null, productName: 1, images: [2] });
});

test('a file that is not a table has no header row', async () => {
  expect(await inspect('')).toMatchObject({ header: [], headerLine: null, sample: [] });
});
