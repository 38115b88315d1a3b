import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v4 as uuid } from 'uuid';
import { AppError } from '../errors.ts';
import { problemText } from './problem.ts';
import { dropSlowReaders } from './readers/slow-readers.ts';

/** The request line and all headers together. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Time limit for the headers, so that a client sending them slowly cannot hold a connection. */
const HEADERS_MS = 20_000;
/** Time limit for a whole request with its body. */
const REQUEST_MS = 10 * 60_000;
/** Longer than the 60 s idle timeout of common proxies, so that they never reuse a closed connection. */
const KEEP_ALIVE_MS = 65_000;
const CHECK_EVERY_MS = 5_000;
/** How long the rest of a body is discarded after the response, so that the client can read the response. */
const LINGER_MS = 10_000;

/**
 * A server with time limits on every phase of a connection; errors of Node's parser are answered as problem documents
 * too.
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
  // Node would accept every body; here the handler that reads it does, so a rejection comes before the body is sent.
  server.on('checkContinue', (req, res) => server.emit('request', req, res));
  server.on('clientError', answerParserError);
  dropSlowReaders(server);
  return server;
};

/** The client waits for 100 Continue before it sends the body (RFC 9110, 10.1.1). */
export const expectsContinue = (req: IncomingMessage): boolean => /^100-continue$/i.test(req.headers.expect ?? '');

const answerParserError = (
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: { headersSent: boolean } },
) => {
  // A second response would be read as part of one already started.
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
  return new AppError('invalid_request', 'This is not a valid HTTP request.');
};
