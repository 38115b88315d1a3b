import type { ImageResult } from '../../images/task.ts';
import type { LimitedBy } from '../../requests/types.ts';
import { addTo } from '../../tally.ts';
import type { SchedulerAction, SchedulerEvent } from './events.ts';
import type { HostLimiter } from './host-limiter.ts';
import type { HostHold, InFlight, InFlightImage, Stage } from './in-flight.ts';

/** The host asked all of its clients to slow down; anything else concerns one image. */
const isThrottle = ({ code, retryAfterMs = 0 }: Extract<ImageResult, { ok: false }>): boolean =>
  code === 'source_rate_limited' || (code === 'source_unavailable' && retryAfterMs > 0);

/** What a host that has too much to do may answer, too. */
const SIGNS_OF_LOAD: ReadonlySet<string> = new Set([
  ...['source_unavailable', 'connection_failed', 'download_timeout', 'download_truncated'],
]);

/** An image of no request, which nobody leased: it takes a permit of its host like any other. */
interface Guest {
  readonly image: { readonly _id: string };
  readonly host: string | null;
  hold: HostHold;
  stage: Stage;
}

type Holder = InFlightImage | Guest;

export type Permits = ReturnType<typeof createPermits>;

/**
 * Who holds a permit of which host, and who is next. An image counts for its host from the start: first as one that is
 * about to ask, then in the queue or with a permit, until its download is over.
 * @param mayDownload false once its request is being cancelled, or the service stops
 */
export const createPermits = (
  hosts: HostLimiter,
  inFlight: InFlight,
  mayDownload: (entry: InFlightImage) => boolean,
) => {
  const guests = new Map<string, Guest>();
  let closed = false;

  const find = (imageId: string): Holder | undefined => inFlight.get(imageId) ?? guests.get(imageId);
  const mayAsk = (entry: Holder): boolean => ('schedule' in entry ? mayDownload(entry) : !closed);
  const enter = (entry: Holder, stage: Stage): void => {
    if ('schedule' in entry) inFlight.enter(entry, stage);
    else entry.stage = stage;
  };

  const refuse = (imageId: string): SchedulerAction[] => {
    const entry = find(imageId);
    if (entry === undefined) return [];
    entry.hold = 'none';
    return [{ type: 'refuse', imageId }];
  };

  const grant = (entry: Holder): SchedulerAction[] => {
    entry.hold = 'permit';
    enter(entry, 'downloading');
    return [{ type: 'grant', imageId: entry.image._id }];
  };

  /** Free permits pass to the images that have waited longest for them and still want them. */
  const handOn = (host: string | null): SchedulerAction[] => {
    const actions: SchedulerAction[] = [];
    for (let next = hosts.grantNext(host); next !== null; next = hosts.grantNext(host)) {
      const entry = find(next);
      if (entry !== undefined && mayAsk(entry)) actions.push(...grant(entry));
      else {
        hosts.release(host, next);
        actions.push(...refuse(next));
      }
    }
    return actions;
  };

  /** Gives back whatever the image holds of its host. */
  const letGo = (entry: Holder): SchedulerAction[] => {
    const { hold, host, image } = entry;
    entry.hold = 'none';
    if (hold === 'joined') hosts.leave(host);
    if (hold === 'queued') hosts.dequeue(host, image._id);
    if (hold !== 'permit') return [];
    hosts.release(host, image._id);
    return handOn(host);
  };

  const request = (entry: Holder): SchedulerAction[] => {
    const { image, host } = entry;
    const released = letGo(entry);
    if (!mayAsk(entry)) return [...released, ...refuse(image._id)];
    const answer = hosts.acquire(host, image._id);
    if (answer === 'queued') entry.hold = 'queued';
    if (answer === 'granted') return [...released, ...grant(entry)];
    return answer === 'refused' ? [...released, ...refuse(image._id)] : released;
  };

  /** The image has waited too long: it is refused, and tried again later. */
  const expire = (entry: Holder): SchedulerAction[] => {
    if (entry.hold !== 'queued') return [];
    hosts.dequeue(entry.host, entry.image._id);
    return refuse(entry.image._id);
  };

  /** The source of the image is here. @param roundTripMs see host-pace.ts */
  const downloaded = (entry: Holder, roundTripMs: number | undefined): SchedulerAction[] => {
    if (entry.hold === 'permit') hosts.recordAnswer(entry.host, entry.image._id, roundTripMs);
    return letGo(entry);
  };

  /** Takes in what the host answered, where it was asked for this image, and gives its permit back. */
  const processed = (entry: Holder, result: ImageResult): SchedulerAction[] => {
    const { host, hold, stage, image } = entry;
    const refused: SchedulerAction[] = [];
    if (hold === 'permit' || stage === 'downloaded') {
      if (result.ok || !result.retryable) hosts.recordSuccess(host);
      else if (isThrottle(result)) {
        refused.push(...hosts.recordThrottle(host, image._id, result.retryAfterMs).flatMap(refuse));
      } else if (SIGNS_OF_LOAD.has(result.code)) hosts.recordFailure(host, image._id);
    }
    return [...refused, ...letGo(entry)];
  };

  return {
    letGo,
    request,
    expire,
    downloaded,
    processed,

    /** What happens to a guest, from its question for a permit until it ends. */
    ofGuest(event: Extract<SchedulerEvent, { imageId: string }>): SchedulerAction[] {
      if (event.type === 'guest') {
        const { imageId, host } = event;
        const entry: Guest = { image: { _id: imageId }, host, hold: 'none', stage: 'waiting' };
        guests.set(imageId, entry);
        return request(entry);
      }
      const guest = guests.get(event.imageId);
      if (guest === undefined) return [];
      if (event.type === 'permit overdue') return expire(guest);
      if (event.type === 'processed') return processed(guest, event.result);
      if (event.type === 'downloaded') {
        enter(guest, 'downloaded');
        return downloaded(guest, event.roundTripMs);
      }
      if (event.type !== 'ended') return [];
      guests.delete(event.imageId);
      return letGo(guest);
    },

    join(entry: InFlightImage): void {
      if (entry.hold !== 'none') return;
      hosts.join(entry.host);
      entry.hold = 'joined';
    },

    /** By the ids of requests: the host for which most of their images wait for a permit. */
    limiting(): ReadonlyMap<string, LimitedBy> {
      const waiting = new Map<string, Map<string, number>>();
      for (const { hold, host, image } of inFlight.entries()) {
        if (hold !== 'queued' || host === null) continue;
        const hostsOfRequest = waiting.get(image.requestId) ?? new Map<string, number>();
        waiting.set(image.requestId, hostsOfRequest);
        addTo(hostsOfRequest, host, 1);
      }
      const most = (of: ReadonlyMap<string, number>): string =>
        [...of].reduce((first, next) => (next[1] > first[1] ? next : first))[0];
      return new Map(
        [...waiting].map(([requestId, of]) => {
          const host = most(of);
          return [requestId, { host: host.replace(/^https?:\/\//, ''), connections: hosts.limitOf(host) }];
        }),
      );
    },

    /** Refuses everyone who waits. */
    close(): SchedulerAction[] {
      closed = true;
      return hosts.close().flatMap(refuse);
    },
  };
};
