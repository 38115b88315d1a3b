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
}

/** The pool's answer: the task may go on. */
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
): ((ticket: number, pixels: number) => Promise<void>) => {
  const { port1: port, port2: admission } = new MessageChannel();
  const waiting = new Map<number, () => void>();
  port.on('message', ({ ticket }: Admitted) => {
    waiting.get(ticket)?.();
    waiting.delete(ticket);
  });
  introduce({ admission }, [admission]);
  return (ticket, pixels) =>
    new Promise((go) => {
      waiting.set(ticket, go);
      port.postMessage({ ticket, pixels } satisfies Arrived);
    });
};
