import { AppError } from '../errors.ts';

export const damaged = (cause?: unknown): AppError =>
  new AppError('corrupt_image', 'The image is damaged or incomplete and cannot be read.', { cause });
