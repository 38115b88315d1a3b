import { Webhook } from 'standardwebhooks';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Whether the text is a Standard Webhooks secret: `whsec_` and 24 to 64 bytes in padded base64 (RFC 4648, section 4). */
export const isValidSecret = (text: string): boolean => {
  if (!text.startsWith(PREFIX)) return false;
  const encoded = text.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  // Node ignores invalid characters. Only canonical base64 is decoded identically by the libraries of all receivers.
  return key.toString('base64') === encoded && key.length >= MIN_BYTES && key.length <= MAX_BYTES;
};

export interface Message {
  /** The webhook-id: the same for every attempt. */
  readonly id: string;
  /** The body; the signature covers its bytes. */
  readonly payload: string;
  /** Each adds a signature, so that a receiver that knows one of them is satisfied. */
  readonly secrets: readonly string[];
}

/**
 * The secrets that sign a delivery: the one that was stored with it, or all of the operator's if it is one of these, so that
 * they can be rotated while deliveries are on their way.
 */
export const secretsFor = (stored: string | null, ofOperator: readonly string[]): readonly string[] => {
  if (stored === null) return [];
  return ofOperator.includes(stored) ? ofOperator : [stored];
};

/**
 * The headers of Standard Webhooks 1.0; without a secret the message is not signed.
 * @param at time of this attempt: receivers reject signatures that are minutes old
 * @throws Error if the secret cannot be decoded
 */
export const messageHeaders = ({ id, payload, secrets }: Message, at: Date): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  ...(secrets.length > 0 && {
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, payload)).join(' '),
  }),
});
