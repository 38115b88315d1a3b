import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * What threads and pool say to each other about an image that is in work, over one channel a thread. The pool decides,
 * as it alone knows all threads and hears of one that dies.
 */
export interface Arrived {
  /** The number of the task, as the pool gave it out. */
  readonly ticket: number;
  /** Width × height of the source, which is downloaded and not decoded yet. */
  readonly pixels: number;
  /** What decoding and encoding takes, see `estimateBytes`; 0 where only pixels count. */
  readonly bytes: number;
}

/** A source that is being downloaded asks to hold so many bytes in all. */
export interface Growing {
  readonly ticket: number;
  readonly hold: number;
}

/** The pool's answer to either: the task may go on. */
export interface Admitted {
  readonly ticket: number;
}

/** The first message of a thread: its end of the channel. */
export interface Introduction {
  readonly admission: MessagePort;
}

export const isIntroduction = (message: unknown): message is Introduction =>
  typeof message === 'object' && message !== null && 'admission' in message;

/**
 * The thread's side: says that an image has arrived, and waits until it may be decoded.
 * @param introduce hands the other end of the channel to the pool
 */
export const createAdmission = (
  introduce: (message: Introduction, transfer: readonly MessagePort[]) => void,
): {
  /** Waits until the image may be decoded. */
  readonly admit: (ticket: number, pixels: number, bytes?: number) => Promise<void>;
  /** Waits until the source may hold so many bytes in all. */
  readonly grow: (ticket: number, bytes: number) => Promise<void>;
} => {
  const { port1: port, port2: admission } = new MessageChannel();
  const waiting = new Map<number, () => void>();
  port.on('message', ({ ticket }: Admitted) => {
    waiting.get(ticket)?.();
    waiting.delete(ticket);
  });
  introduce({ admission }, [admission]);
  // A task asks one thing at a time, so its number is enough to find who waits.
  const ask = (question: Arrived | Growing): Promise<void> =>
    new Promise((go) => {
      waiting.set(question.ticket, go);
      port.postMessage(question);
    });
  return {
    admit: (ticket, pixels, bytes = 0) => ask({ ticket, pixels, bytes }),
    grow: (ticket, hold) => ask({ ticket, hold }),
  };
};
