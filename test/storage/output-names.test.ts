import { copyOutputs, outputNames } from '../../src/storage/output-names.ts';
import { OUTPUT_NAME } from '../../src/storage/storage.ts';

const ID = '0190a6f0-0000-4000-8000-000000000000';
const OUTPUTS = [{ format: 'jpeg' }, { format: 'webp' }, { format: 'webp' }] as const;

test('one output has the id of the image, and further ones ids of their own that stay the same', () => {
  expect(outputNames(ID, { format: 'webp' })).toEqual([`${ID}.webp`]);
  const names = outputNames(ID, { format: 'jpeg', outputs: OUTPUTS });
  // Python's uuid5 gives the same. Files in the stores of users have these names: others would lose them.
  expect(names).toEqual([
    `${ID}.jpg`,
    '17a6a8c3-f371-5503-b15f-5ef752ae24c2.webp',
    '84232677-054c-59fb-98ac-8b14404874a2.webp',
  ]);
  for (const name of names) expect(name).toMatch(OUTPUT_NAME);
});

test('a copy has all outputs, the first last, and is none if one is gone', async () => {
  const copies: string[] = [];
  const copy = async (from: string, to: string): Promise<boolean> => {
    copies.push(`${from}>${to}`);
    return from !== 'gone';
  };
  expect(await copyOutputs(copy, ['a', 'b', 'c'], ['x', 'y', 'z'])).toBe(true);
  expect(copies.splice(0)).toEqual(['c>z', 'b>y', 'a>x']);
  expect(await copyOutputs(copy, ['a', 'gone', 'c'], ['x', 'y', 'z'])).toBe(false);
  expect(copies).toEqual(['c>z', 'gone>y']);
});
