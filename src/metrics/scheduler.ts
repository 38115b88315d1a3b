import { Gauge, type Registry } from 'prom-client';

/** What the scheduler of this instance holds at the moment. */
export interface SchedulerCounts {
  /** Images in flight by where they are; see docs/architecture.md. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** Image hosts that asked for a pause. */
  readonly pausedHosts: number;
  /** Whether images are held back because the image store takes nothing. */
  readonly isStorageDown: boolean;
}

export const createSchedulerGauges = (registry: Registry, counts: () => SchedulerCounts): void => {
  const registers = [registry];
  new Gauge({
    name: 'bulk_image_in_flight_images',
    help: 'Images that this instance has leased, by where they are.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, images] of Object.entries(counts().inFlight)) this.set({ state }, images);
    },
  });
  new Gauge({
    name: 'bulk_image_paused_hosts',
    help: 'Image hosts that throttled this instance and are paused.',
    registers,
    collect() {
      this.set(counts().pausedHosts);
    },
  });
  new Gauge({
    name: 'bulk_image_storage_circuit_open',
    help: '1 while images are held back because the image store takes nothing, otherwise 0.',
    registers,
    collect() {
      this.set(counts().isStorageDown ? 1 : 0);
    },
  });
};
