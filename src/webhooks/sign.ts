import { Webhook } from 'standardwebhooks';

const PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** Whether the text is a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in padded base64 (RFC 4648, 4). */
export const isValidSecret = (text: string): boolean => {
  if (!text.startsWith(PREFIX)) return false;
  const encoded = text.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  // Node skips what is not base64; only what encodes back to the same text is read alike by every receiver's library.
  return key.toString('base64') === encoded && key.length >= LEAST_BYTES && key.length <= MOST_BYTES;
};

export interface Message {
  /** The webhook-id: the same however often the message is sent. */
  readonly id: string;
  /** The exact body; the signature covers its bytes. */
  readonly payload: string;
  readonly secret: string | null;
}

/**
 * The headers of Standard Webhooks 1.0; without a secret the message goes out unsigned.
 * @param at the moment of this attempt: receivers refuse a signature that is minutes old
 * @throws Error when the secret cannot be read
 */
export const messageHeaders = ({ id, payload, secret }: Message, at: Date): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  ...(secret === null ? {} : { 'webhook-signature': new Webhook(secret).sign(id, at, payload) }),
});
