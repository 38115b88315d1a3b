import type { z } from 'zod';
import type { deliveriesAnswer, listAnswer, problem, statusAnswer } from '../http/openapi/answers.ts';
import type { previewAnswer } from '../http/openapi/file-answer.ts';
import type { trialAnswer } from '../http/openapi/trial-answer.ts';

/** Response types, inferred from the schemas of the OpenAPI document. Types only: the schemas are not bundled. */

export type Problem = z.infer<typeof problem>;
export type PreviewAnswer = z.infer<typeof previewAnswer>;
export type TrialAnswer = z.infer<typeof trialAnswer>;
export type TriedImage = TrialAnswer['images'][number];
export type Summary = z.infer<typeof listAnswer>['requests'][number];
export type RequestList = z.infer<typeof listAnswer>;
export type Product = z.infer<typeof statusAnswer>['products'][number];
export type Deliveries = z.infer<typeof deliveriesAnswer>;
export type Delivery = Deliveries['deliveries'][number];
export type Image = Product['images'][number];

export type Report = NonNullable<z.infer<typeof statusAnswer>['report']>;

export type Status = z.infer<typeof statusAnswer>;

const FINAL: readonly Summary['status'][] = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

export const isFinal = ({ status }: Pick<Summary, 'status'>): boolean => FINAL.includes(status);
