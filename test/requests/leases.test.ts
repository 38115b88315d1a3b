import { createLeases } from '../../src/requests/leases.ts';
import type { Models } from '../../src/requests/models.ts';

test('a release that fails is repeated when the database answers again, so that its claim is no attempt', async () => {
  let isDown = true;
  const released: unknown[] = [];
  const bulkWrite = async (operations: readonly { updateOne: { filter: { _id: string } } }[]): Promise<void> => {
    if (isDown) throw new Error('not primary');
    released.push(...operations.map(({ updateOne }) => updateOne.filter._id));
  };
  const leases = createLeases({ images: { bulkWrite } } as unknown as Models, () => new Date());
  const lease = { _id: 'image', requestId: 'request', seq: 0, leaseToken: 'token' };
  await expect(leases.release([lease], 0)).rejects.toThrow('not primary');
  await expect(leases.releaseUnacknowledged()).rejects.toThrow('not primary');
  isDown = false;
  await leases.releaseUnacknowledged();
  await leases.releaseUnacknowledged();
  expect(released).toEqual(['image']);
});
