import type { Response } from 'express';
import { AppError } from '../errors.ts';
import type { RequestStore } from '../requests/request-store.ts';
import type { RequestRecord } from '../requests/types.ts';
import { tenantOf } from './client.ts';
import { requestId } from './parameters/reads.ts';

/**
 * Finds a request of the calling tenant by the id in the path. Another tenant's request is indistinguishable from a
 * missing one, in the answer and in the query made.
 * @throws AppError `request_not_found`
 */
export const findRequest =
  (requests: Pick<RequestStore, 'findFor'>) =>
  async (id: unknown, res: Response): Promise<RequestRecord> => {
    const { success, data } = requestId.safeParse(id);
    const request = success ? await requests.findFor(tenantOf(res), data.toLowerCase()) : null;
    if (request === null) throw new AppError('request_not_found');
    return request;
  };
