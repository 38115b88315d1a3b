import { AppError } from '../errors.ts';
import type { RequestStore } from '../requests/request-store.ts';
import type { RequestRecord } from '../requests/types.ts';
import { requestId } from './parameters.ts';

/**
 * Finds the request of a path. What is not a UUID never reaches the database.
 * @throws AppError `request_not_found`
 */
export const findRequest =
  (requests: Pick<RequestStore, 'find'>) =>
  async (id: unknown): Promise<RequestRecord> => {
    const { success, data } = requestId.safeParse(id);
    const request = success ? await requests.find(data.toLowerCase()) : null;
    if (request === null) throw new AppError('request_not_found');
    return request;
  };
