/** Room for the bytes of sources, by the numbers of their tasks. */
export interface DownloadRoom {
  /** Calls `go`, now or later, when the ticket may hold so many bytes in all. */
  grow(ticket: number, bytes: number, go: () => void): void;
  /** Gives all back that the ticket holds, and forgets what it waits for; again is fine. */
  release(ticket: number): void;
}

/**
 * Bounds the bytes of sources that are in memory at the same time. A source of unknown length asks for more as it grows,
 * so each could wait for the room that the others hold. Therefore a part large enough for any one source is kept for the
 * one that has waited longest: it can always be completed, and then the next one.
 * @param most bytes in all; at least `largest`
 * @param largest bytes that one source may have
 */
export const createDownloadRoom = (most: number, largest: number): DownloadRoom => {
  const held = new Map<number, number>();
  const waiting = new Map<number, { readonly bytes: number; readonly go: () => void }>();
  let used = 0;
  let favoured: number | null = null;

  const fits = (ticket: number, bytes: number): boolean =>
    used - (held.get(ticket) ?? 0) + bytes <= (ticket === favoured ? most : most - largest);

  const advance = (): void => {
    for (const [ticket, { bytes, go }] of waiting) {
      favoured ??= ticket;
      if (!fits(ticket, bytes)) continue;
      waiting.delete(ticket);
      used += bytes - (held.get(ticket) ?? 0);
      held.set(ticket, bytes);
      go();
    }
  };

  return {
    grow(ticket, bytes, go) {
      waiting.set(ticket, { bytes, go });
      advance();
    },
    release(ticket) {
      waiting.delete(ticket);
      used -= held.get(ticket) ?? 0;
      held.delete(ticket);
      if (favoured === ticket) favoured = null;
      advance();
    },
  };
};
