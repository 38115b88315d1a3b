import { Gauge, type Registry } from 'prom-client';

/** What the scheduler of this instance holds at the moment. */
export interface SchedulerCounts {
  /** Images in flight by where they are; see docs/architecture.md. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** Image hosts that asked for a pause. */
  readonly pausedHosts: number;
  /** Image hosts whose connections are used up while images wait for them, those with the most images first. */
  readonly limitingHosts: readonly { readonly connections: number; readonly waiting: number }[];
  /** Whether images are held back because the image store takes nothing. */
  readonly isStorageDown: boolean;
}

/** Hosts that are shown. They have no names here: users have chosen them. */
const RANKS = 5;

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
    name: 'bulk_image_limiting_hosts',
    help: 'Image hosts whose connections are all in use while images wait for them.',
    registers,
    collect() {
      this.set(counts().limitingHosts.length);
    },
  });
  const ofRanks = (name: string, help: string, of: (host: SchedulerCounts['limitingHosts'][number]) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['rank'], registers },
      collect() {
        const hosts = counts().limitingHosts;
        for (let rank = 1; rank <= RANKS; rank += 1) {
          const host = hosts[rank - 1];
          this.set({ rank: String(rank) }, host === undefined ? 0 : of(host));
        }
      },
    });
  ofRanks(
    'bulk_image_limiting_host_connections',
    'Connections that the image host gets at the moment; rank 1 is the host that most images wait for.',
    ({ connections }) => connections,
  );
  ofRanks(
    'bulk_image_limiting_host_waiting',
    'Images that wait for a connection to the image host.',
    ({ waiting }) => waiting,
  );
  new Gauge({
    name: 'bulk_image_storage_circuit_open',
    help: '1 while images are held back because the image store takes nothing, otherwise 0.',
    registers,
    collect() {
      this.set(counts().isStorageDown ? 1 : 0);
    },
  });
};
