import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { Webhook } from 'standardwebhooks';

const CONTENT_TYPES = { '.jpg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp' };

const listen = async (server, port) => {
  await new Promise((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', listening);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
};

/** Serves the photos of a folder on this machine only; port 0 takes a free one. */
export const servePhotos = (directory, port = 0) =>
  listen(
    createServer(async (request, response) => {
      // The last part of the path alone: nothing outside the folder can be asked for.
      const file = join(directory, basename(new URL(request.url, 'http://localhost').pathname));
      const type = CONTENT_TYPES[extname(file)];
      const size =
        type &&
        (await stat(file)
          .then((found) => found.size)
          .catch(() => undefined));
      if (size === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': size });
      createReadStream(file).pipe(response);
    }),
    port,
  );

/**
 * Takes one webhook. `next` gives its body and `webhook-id` once it has come with a signature that fits the secret, and
 * rejects when the signature does not fit.
 */
export const receiveWebhook = async (secret) => {
  const verifier = new Webhook(secret);
  let arrived;
  const event = new Promise((resolve, reject) => {
    arrived = { resolve, reject };
  });
  event.catch(() => {}); // it may fail before anyone waits for it
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
      const body = verifier.verify(Buffer.concat(chunks), request.headers);
      response.writeHead(204).end();
      arrived.resolve({ body, id: request.headers['webhook-id'] });
    } catch (error) {
      response.writeHead(401).end();
      arrived.reject(new Error(`the webhook's signature is wrong (${error.message})`));
    }
  });
  const { origin, close } = await listen(server, 0);
  const next = (signal) =>
    Promise.race([
      event,
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    ]);
  return { url: `${origin}/hooks/images`, next, close };
};
