import type { ImageResult } from '../../images/task.ts';
import type { ClaimedImage } from '../../requests/image-store.ts';
import type { ActiveRequest } from '../../requests/request-store.ts';
import type { ClaimLeft } from '../due.ts';
import type { ActiveFacts, DueFacts } from './fair-queue.ts';
import type { HostLimits } from './host-limiter.ts';

export interface SchedulerSettings extends HostLimits {
  /** Images that use the threads at the same time. */
  readonly capacity: number;
  readonly maxAttempts: number;
  /** 0 ≤ random() < 1, so that instances do not act in step. Default: `Math.random`. */
  readonly random?: () => number;
  /** Capacity of the groups of host names that are not resolved yet, see host-names.ts. */
  readonly unresolved?: {
    /** The group of the URL's name; null when it is resolved, or need not be. */
    groupOf(url: string): string | null;
    isGroup(host: string): boolean;
    available(group: string): number;
  };
}

export type SchedulerEvent =
  /** Something changed in the database: read the active requests now. */
  | { readonly type: 'changed' }
  | { readonly type: 'request added'; readonly request: ActiveRequest }
  | ({ readonly type: 'requests read' } & ActiveFacts)
  | ({ readonly type: 'due read' } & DueFacts)
  | { readonly type: 'requests started'; readonly requestIds: readonly string[] }
  | {
      readonly type: 'claimed';
      readonly images: readonly ClaimedImage[];
      /** What the claim left of each request it was for. */
      readonly left: ReadonlyMap<string, ClaimLeft>;
    }
  | { readonly type: 'cancelled'; readonly requestId: string; readonly images: number }
  | { readonly type: 'completion decided'; readonly request: ActiveRequest; readonly hasFinished: boolean }
  | {
      readonly type: 'resolving' | 'resolved' | 'permit needed' | 'permit overdue';
      readonly imageId: string;
    }
  /** An image of no request asks for a permit of its host; the events of its download follow, and `ended`. */
  | { readonly type: 'guest'; readonly imageId: string; readonly host: string | null }
  /** Its source is here. `roundTripMs` as in host-pace.ts */
  | { readonly type: 'downloaded'; readonly imageId: string; readonly roundTripMs?: number | undefined }
  /** Its own download, or the one it waited for, has come to a result. */
  | { readonly type: 'processed'; readonly imageId: string; readonly result: ImageResult }
  /** Its result is written, or it was requeued. `dueInMs` null: it is finished. */
  | { readonly type: 'ended'; readonly imageId: string; readonly dueInMs: number | null }
  /** What an action asked to be requeued is, or the database failed to do it. */
  | { readonly type: 'requeued' }
  | { readonly type: 'storage checked'; readonly ok: boolean }
  | { readonly type: 'database failed' | 'database recovered' }
  | { readonly type: 'stop' };

/** What an event makes necessary at once. */
export type SchedulerAction =
  | { readonly type: 'run'; readonly image: ClaimedImage; readonly request: ActiveRequest; readonly since: number }
  | { readonly type: 'grant' | 'refuse'; readonly imageId: string }
  | { readonly type: 'requeue'; readonly images: readonly ClaimedImage[] }
  | { readonly type: 'mark started'; readonly requestIds: readonly string[] }
  | { readonly type: 'complete'; readonly requests: readonly ActiveRequest[] };

/** What to ask the database or the image store next; one at a time, and the answer is the next event. */
export type SchedulerQuery =
  | { readonly type: 'read requests' }
  /** When the next images of these requests are due. */
  | { readonly type: 'read due'; readonly requestIds: readonly string[] }
  | { readonly type: 'claim'; readonly requests: readonly ActiveRequest[]; readonly wanted: number }
  | { readonly type: 'cancel'; readonly request: ActiveRequest }
  | { readonly type: 'check storage' }
  | { readonly type: 'recover' }
  /** Nothing until then, or until the next event. */
  | { readonly type: 'wait'; readonly until: number };
