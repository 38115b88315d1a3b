import { MessageChannel, type MessagePort, threadId } from 'node:worker_threads';

/** Where an image is inside a thread. Each stage but `waiting` has a deadline of its own. */
export type Stage = 'download' | 'decode' | 'waiting' | 'encode' | 'store';

/** The source is downloaded; the thread asks to decode it. */
export interface DecodeRequest {
  /** The number that the pool gave the task. */
  readonly ticket: number;
  /** Width × height of the source. */
  readonly pixels: number;
  /** Bytes that decoding and encoding take, see `estimateBytes`; 0 where only pixels count. */
  readonly bytes: number;
  /** Of its download, in milliseconds; see `RunOptions`. */
  readonly roundTripMs?: number | undefined;
}

/** A source that is being downloaded asks to hold so many bytes in all. */
export interface HoldRequest {
  readonly ticket: number;
  readonly hold: number;
}

/** The source is downloaded, and small enough to be decoded without asking. */
export interface DownloadedNotice {
  readonly ticket: number;
  readonly downloaded: { readonly roundTripMs: number | undefined };
}

/** What a thread sends: the pool decides, as it alone knows all threads and notices one that dies. */
export type ThreadMessage = DecodeRequest | HoldRequest | DownloadedNotice;

/** What this thread has of what the open ones divide among themselves. */
export interface Share {
  /** Threads that are open. */
  readonly among: number;
  /** From 0; null: this one gets no more images. */
  readonly position: number | null;
}

/** What the pool sends: a request is granted, the result of a task is no longer wanted, or the thread's share. */
export type PoolMessage =
  | { readonly type: 'granted' | 'cancelled'; readonly ticket: number }
  | { readonly type: 'share'; readonly share: Share };

/** The first message of a thread: its number, and its end of the channel. */
export interface Introduction {
  readonly thread: number;
  readonly channel: MessagePort;
}

export const isIntroduction = (message: unknown): message is Introduction =>
  typeof message === 'object' && message !== null && 'channel' in message;

/**
 * The thread's side of the channel.
 * @param introduce passes the other end to the pool
 * @param onShare called with the share of this thread, at first and when it changes
 */
export const createThreadChannel = (
  introduce: (message: Introduction, transfer: readonly MessagePort[]) => void,
  onShare: (share: Share) => void,
) => {
  const { port1: port, port2: channel } = new MessageChannel();
  const waiting = new Map<number, () => void>();
  const cancelling = new Map<number, AbortController>();
  port.on('message', (message: PoolMessage) => {
    if (message.type === 'share') return onShare(message.share);
    const { ticket, type } = message;
    if (type === 'cancelled') return cancelling.get(ticket)?.abort();
    waiting.get(ticket)?.();
    waiting.delete(ticket);
  });
  introduce({ thread: threadId, channel }, [channel]);
  // A task asks one thing at a time, so its ticket identifies the request.
  const ask = (request: DecodeRequest | HoldRequest): Promise<void> =>
    new Promise((granted) => {
      waiting.set(request.ticket, granted);
      port.postMessage(request);
    });
  return {
    /** Waits until the image may be decoded. */
    admit: (ticket: number, pixels: number, bytes = 0, roundTripMs?: number): Promise<void> =>
      ask({ ticket, pixels, bytes, roundTripMs }),
    /** Says that the image is downloaded, and decoded without asking. */
    downloaded: (ticket: number, roundTripMs?: number): void =>
      port.postMessage({ ticket, downloaded: { roundTripMs } } satisfies DownloadedNotice),
    /** Waits until the source may hold so many bytes in all. */
    grow: (ticket: number, bytes: number): Promise<void> => ask({ ticket, hold: bytes }),
    /** Runs a task with a signal that is aborted when its result is no longer wanted. */
    async cancellable<Result>(ticket: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
      const controller = new AbortController();
      cancelling.set(ticket, controller);
      try {
        return await work(controller.signal);
      } finally {
        cancelling.delete(ticket);
      }
    },
  };
};
