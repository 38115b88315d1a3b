import compression from 'compression';
import type { RequestHandler } from 'express';

/** Texts that are worth it. Not server-sent events, which a compressor would hold back, and not images and archives. */
const TEXTS = /^(?:application\/(?:problem\+)?json|text\/(?:csv|plain))\b/;
/** Less than the default: these texts are written once, for one reader. */
const GZIP_LEVEL = 3;

/**
 * Compresses JSON, CSV and the metrics with brotli or gzip as they are written, for clients that accept it. A response with a strong
 * validator or a range is left alone, since these are about the bytes as they are.
 *
 * BREACH: no response has a secret together with text that a foreign page can choose, as keys are sent in headers and
 * never by a browser on its own, and secrets of webhooks are in no response.
 */
export const compressTexts = (): RequestHandler => {
  const compress = compression({
    level: GZIP_LEVEL,
    filter: (_req, res) =>
      TEXTS.test(String(res.getHeader('Content-Type'))) &&
      res.statusCode !== 206 &&
      !String(res.getHeader('ETag') ?? 'W/').startsWith('"'),
  });
  return (req, res, next) => {
    // It listens as well: an upload that waits at every step comes to 11.
    res.setMaxListeners(res.getMaxListeners() + 5);
    compress(req, res, next);
  };
};
