import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v4 as uuid } from 'uuid';
import { AppError } from '../errors.ts';
import { problemText } from './problem.ts';
import { dropSlowReaders } from './readers/slow-readers.ts';

/** The request line and all headers together. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Headers must be here within this, whatever comes after them: a connection that dribbles costs no more. */
const HEADERS_MS = 20_000;
/** A whole request, with its body. */
const REQUEST_MS = 10 * 60_000;
/** Longer than the minute after which common proxies close an idle connection, so that they never use a closed one. */
const KEEP_ALIVE_MS = 65_000;
const CHECK_EVERY_MS = 5_000;
/** How long the rest of a body is read and thrown away after its answer, so that the sender gets to read it. */
const LINGER_MS = 10_000;

/**
 * A server whose connections cannot be held open for nothing; what Node's parser refuses is answered as a problem
 * document as well.
 */
export const createBoundedServer = (listener: RequestListener, headersMs = HEADERS_MS): Server => {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headersMs) },
    listener,
  );
  server.headersTimeout = headersMs;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('request', (req, res) => {
    res.once('finish', () => {
      if (req.complete) return;
      const timer = setTimeout(() => req.socket.destroy(), LINGER_MS).unref();
      req.once('close', () => clearTimeout(timer));
    });
  });
  // Node would let every body come. The handler that reads one says so, and a refusal comes before the body is sent.
  server.on('checkContinue', (req, res) => server.emit('request', req, res));
  server.on('clientError', answerParserError);
  dropSlowReaders(server);
  return server;
};

/** The client waits to be told that its body is wanted (RFC 9110, 10.1.1). */
export const expectsContinue = (req: IncomingMessage): boolean => /^100-continue$/i.test(req.headers.expect ?? '');

const answerParserError = (
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: { headersSent: boolean } },
) => {
  // Where an answer has begun, another one would be read as part of it.
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent === true) {
    socket.destroy();
    return;
  }
  const problem = toProblem(error.code);
  const body = problemText(problem, uuid());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};

const toProblem = (code: string | undefined): AppError => {
  if (code === 'HPE_HEADER_OVERFLOW') return new AppError('headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('request_timeout');
  return new AppError('invalid_request', 'This is not an HTTP request that could be understood.');
};
