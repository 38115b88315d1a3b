import { z } from 'zod';

export const codes = <Code extends string>(catalogue: Readonly<Record<Code, unknown>>) =>
  z.enum(Object.keys(catalogue) as [Code, ...Code[]]);

export const uuid = z.uuid();
export const count = z.int().min(0);
export const moment = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });
