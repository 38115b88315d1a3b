import { Webhook } from 'standardwebhooks';
import { folder, ImageServer, startServer } from '../../test/support/servers/image-server.mjs';

/** Serves the photos of a folder on loopback; port 0 is a free one. */
export const servePhotos = (directory, port = 0) => ImageServer.start({}, { fallback: folder(directory), port });

/**
 * Receives one webhook. `next` resolves to its body and `webhook-id` once it has been received with a valid signature, and
 * rejects if the signature is invalid.
 */
export const receiveWebhook = async (secret) => {
  const verifier = new Webhook(secret);
  let received;
  const event = new Promise((resolve, reject) => {
    received = { resolve, reject };
  });
  event.catch(() => {}); // it may reject before next() is called
  const { origin, close } = await startServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
      const body = verifier.verify(Buffer.concat(chunks), request.headers);
      response.writeHead(204).end();
      received.resolve({ body, id: request.headers['webhook-id'] });
    } catch (error) {
      response.writeHead(401).end();
      received.reject(new Error(`the webhook's signature is invalid (${error.message})`));
    }
  });
  const next = (signal) =>
    Promise.race([
      event,
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    ]);
  return { url: `${origin}/hooks/images`, next, close };
};
