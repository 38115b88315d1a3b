/**
 * Two image servers that can do only so much, each on an origin of its own; both respond with a PNG of 1×1 pixel:
 * `refusing` after `latencyMs`, but with 429 at once to what exceeds 10 requests at the same time; `slowing` after
 * `latencyMs` too, but with more than 8 requests at the same time in proportion later, so that it never gives more.
 * Arguments: the latency of each in milliseconds. Answers `{what: 'addresses'}`, and `{what: 'counts'}` of what happened to
 * each since the last question.
 */
import sharp from 'sharp';
import { IMAGE_TYPES, startServer } from '../../test/support/servers/image-server.mjs';
import { answerQuestions } from '../stage/program.mjs';

const REFUSES_ABOVE = 10;
const SLOWS_ABOVE = 8;
const KEEP_ALIVE_MS = 60_000;

const TINY = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888888' } })
  .png()
  .toBuffer();
const HEADERS = { 'Content-Type': IMAGE_TYPES['.png'], 'Content-Length': TINY.length };

const noCounts = () => ({ answered: 0, refused: 0, most: 0, latencySum: 0 });

/** @param respondAfter milliseconds for the number of requests at the same time; null refuses */
const startHost = async (respondAfter) => {
  let counts = noCounts();
  let now = 0;
  const server = await startServer(
    (_request, response) => {
      now += 1;
      counts.most = Math.max(counts.most, now);
      response.once('close', () => {
        now -= 1;
      });
      const latency = respondAfter(now);
      if (latency === null) {
        counts.refused += 1;
        response.writeHead(429).end();
        return;
      }
      counts.answered += 1;
      counts.latencySum += latency;
      setTimeout(() => response.writeHead(200, HEADERS).end(TINY), latency);
    },
    { backlog: 1024, keepAliveMs: KEEP_ALIVE_MS },
  );
  return {
    origin: server.origin,
    take() {
      const taken = counts;
      counts = noCounts();
      return taken;
    },
  };
};

const [refusingMs = 100, slowingMs = 100] = process.argv.slice(2).map(Number);
const hosts = Promise.all([
  startHost((requests) => (requests > REFUSES_ABOVE ? null : refusingMs)),
  startHost((requests) => slowingMs * Math.max(1, requests / SLOWS_ABOVE)),
]);

answerQuestions(async ({ what }) => {
  const [refusing, slowing] = await hosts;
  if (what === 'addresses') return { refusing: refusing.origin, slowing: slowing.origin };
  return { refusing: refusing.take(), slowing: slowing.take() };
});
