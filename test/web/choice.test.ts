import fc from 'fast-check';
import { findColumns } from '../../src/csv/columns.ts';
import { choiceFields, choiceOf, columnLabel, columnsByName } from '../../src/web/csv/choice.ts';

const HEADER = ['Image', '', 'Image', 'a, b', ' Title ', 'none', '#1'];

test('blank and repeated names are shown with their position', () => {
  expect(HEADER.map((_, index) => columnLabel(HEADER, index))).toEqual([
    ...['Image (column 1)', 'Column 2 (no name)', 'Image (column 3)', 'a, b', 'Title', 'none', '#1'],
  ]);
});

test('only what differs from what was found is chosen', () => {
  const found = { images: [0, 2], productName: 4, serialNumber: null };
  expect(choiceOf(HEADER, found, found)).toEqual({});
  expect(choiceOf(HEADER, found, { images: [2, 3], productName: null, serialNumber: 5 })).toEqual({
    imageColumns: ['#3', '#4'],
    nameColumn: 'none',
    serialColumn: 'none',
  });
});

test('any choice of columns of any header row is understood by the API as it was meant', () => {
  const name = fc.oneof(fc.constantFrom('', ' ', '#1', '#2', 'Image', 'image', 'a,b', 'x'), fc.string());
  const nullable = (max: number) => fc.option(fc.nat({ max }), { nil: null });
  const table = fc.array(name, { minLength: 1, maxLength: 6 }).chain((header) =>
    fc.record({
      header: fc.constant(header),
      images: fc.subarray(
        header.map((_, index) => index),
        { minLength: 1 },
      ),
      productName: nullable(header.length - 1),
      serialNumber: nullable(header.length - 1),
    }),
  );
  fc.assert(
    fc.property(table, ({ header, images, productName, serialNumber }) => {
      const chosen = { images, productName, serialNumber };
      // Differs from all choices.
      const found = { images: [], productName: -1, serialNumber: -1 };
      const fields = Object.fromEntries(choiceFields(choiceOf(header, found, chosen)));
      // As the server reads the fields.
      const choice = {
        imageColumns: fields.imageColumns?.split(',').map((each) => each.trim()),
        nameColumn: fields.nameColumn,
        serialColumn: fields.serialColumn,
      };
      expect(findColumns(header, [], choice).columns).toEqual(chosen);
    }),
    { numRuns: 500 },
  );
});

test('the columns of a server’s answer are found by name, repeated ones in their order', () => {
  const names = { images: ['Image', 'Image', ''], serialNumber: null, productName: ' Title ' };
  expect(columnsByName(HEADER, names, {})).toEqual({ images: [0, 2], serialNumber: null, productName: 4 });
  const choice = { imageColumns: ['#3', '#2'] };
  expect(columnsByName(HEADER, { ...names, images: ['', 'Image'] }, choice).images).toEqual([1, 2]);
});
