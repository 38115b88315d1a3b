import { Gauge, type Registry } from 'prom-client';

/** Whether what the service rests on can be used, as its log says it. */
export interface PartStates {
  readonly database: { readonly isDown: boolean };
  readonly images: { readonly isDown: boolean };
}

export const createPartGauges = (registry: Registry, { database, images }: PartStates): void => {
  const gauge = (name: string, help: string, part: { readonly isDown: boolean }) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(part.isDown ? 0 : 1);
      },
    });
  gauge('bulk_image_database_up', '1 while the database can be used, 0 while it is away.', database);
  gauge('bulk_image_storage_up', '1 while the image storage can be used, 0 while images wait for it.', images);
};
