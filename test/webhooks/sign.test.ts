import { Webhook } from 'standardwebhooks';
import { isValidSecret, messageHeaders, secretsFor } from '../../src/webhooks/sign.ts';

const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;
const payload = '{"type":"request.completed","name":"Zoë"}';

describe('isValidSecret', () => {
  it.each([24, 25, 32, 64])('accepts whsec_ with %i bytes in base64', (bytes) => {
    expect(isValidSecret(secretOf(bytes))).toBe(true);
  });

  it.each([
    ['too short', secretOf(23)],
    ['too long', secretOf(65)],
    ['without its prefix', secretOf(32).slice(6)],
    ['empty', ''],
    ['only the prefix', 'whsec_'],
    ['with its padding cut off', secretOf(25).replace(/=+$/, '')],
    ['with too much padding', `${secretOf(24)}==`],
    ['in the URL alphabet', secretOf(24).replaceAll('+', '-').replaceAll('/', '_')],
    ['with a space in it', `${secretOf(24)} `],
  ])('refuses a secret that is %s', (_case, secret) => {
    expect(isValidSecret(secret)).toBe(false);
  });
});

describe('messageHeaders', () => {
  it('signs so that the reference verifier accepts the exact body', () => {
    const secret = secretOf(32);
    const headers = messageHeaders({ id: 'msg_a_1', payload, secrets: [secret] }, new Date());
    expect(new Webhook(secret).verify(payload, headers)).toEqual(JSON.parse(payload));
    expect(() => new Webhook(secret).verify(`${payload} `, headers)).toThrow('No matching signature');
    expect(() => new Webhook(secretOf(33)).verify(payload, headers)).toThrow('No matching signature');
  });

  it('gives the time of the attempt in whole seconds', () => {
    const headers = messageHeaders({ id: 'msg_a_1', payload, secrets: [] }, new Date(1_700_000_000_999));
    expect(headers).toEqual({ 'webhook-id': 'msg_a_1', 'webhook-timestamp': '1700000000' });
  });

  it('signs with several secrets, so that receivers with any of them accept it while they are rotated', () => {
    const [old, next] = [secretOf(32), secretOf(33)];
    const headers = messageHeaders({ id: 'msg_a_1', payload, secrets: [old, next] }, new Date());
    expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    for (const secret of [old, next]) {
      expect(new Webhook(secret).verify(payload, headers)).toEqual(JSON.parse(payload));
    }
    expect(() => new Webhook(secretOf(34)).verify(payload, headers)).toThrow('No matching signature');
  });

  it("adds the operator's other secrets to a delivery with one of them, and none to one of an upload", () => {
    const [old, next, own] = [secretOf(32), secretOf(33), secretOf(34)];
    expect(secretsFor(old, [next, old])).toEqual([next, old]);
    expect(secretsFor(own, [next, old])).toEqual([own]);
    expect(secretsFor(old, [next])).toEqual([old]);
    expect(secretsFor(null, [next, old])).toEqual([]);
  });
});
