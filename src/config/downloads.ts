import { z } from 'zod';
import type { SourceHeaders } from '../network/fetch/source-headers.ts';
import { parseUrl } from '../network/url.ts';
import { USER_AGENT } from '../network/user-agent.ts';

export interface DownloadsConfig {
  /** User-Agent of downloads. */
  readonly userAgent: string;
  /** Their values are secrets. */
  readonly sourceHeaders: SourceHeaders;
}

const HEADER_NAME = /^[!#$%&'*+\-.^`|~\w]{1,256}$/;
const PRINTABLE = /^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/;

/** They belong to the connection, to the proxy or to how a body is read; with another value no download would work. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'transfer-encoding', 'content-length'],
  ...['expect', 'accept-encoding', 'range', 'proxy-authorization', 'proxy-connection'],
]);

const byHost = z.record(z.string(), z.record(z.string(), z.string()));

/** `host` or `host:port` as in `URL.host`, but with the default port if it is written; null if invalid. */
const normalHost = (text: string): string | null => {
  const [, host = '', port] = /^([^/?#@\\\s]{1,255}?)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const url = host === '' ? null : parseUrl(`https://${host}/`);
  if (url === null || url.port !== '') return null;
  if (port === undefined) return url.hostname;
  return Number(port) >= 1 && Number(port) <= 65_535 ? `${url.hostname}:${Number(port)}` : null;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Errors name the host and the header, never a value. */
const sourceHeaders = z.string().transform((text, context): SourceHeaders => {
  const invalid = (message: string): void => context.addIssue({ code: 'custom', message });
  const parsed = byHost.safeParse(jsonOf(text));
  if (!parsed.success) {
    invalid('must be JSON such as {"images.shop.example":{"Authorization":"Bearer …"}}');
    return {};
  }
  const hosts = new Map<string, Record<string, string>>();
  for (const [written, headers] of Object.entries(parsed.data)) {
    const host = normalHost(written);
    if (host === null) {
      invalid(
        'has an invalid host; write each as images.shop.example or images.shop.example:8443, without a scheme or path',
      );
      continue;
    }
    const known = hosts.get(host) ?? {};
    hosts.set(host, known);
    for (const [name, value] of Object.entries(headers)) {
      const key = name.toLowerCase();
      if (!HEADER_NAME.test(name)) invalid(`has an invalid header name for ${host}`);
      else if (FORBIDDEN.has(key)) invalid(`must not set the header ${name} for ${host}`);
      else if (Object.hasOwn(known, key)) invalid(`sets the header ${name} for ${host} twice`);
      else if (!PRINTABLE.test(value)) {
        invalid(
          `has an invalid value for the header ${name} of ${host}; it must be 1 to 4,096 printable ASCII characters`,
        );
      } else known[key] = value;
    }
  }
  return Object.fromEntries(hosts);
});

export const downloadVariables = z.object({
  DOWNLOAD_USER_AGENT: z
    .string()
    .regex(PRINTABLE, 'must be 1 to 4,096 printable ASCII characters')
    .optional()
    .describe(
      'User-Agent of downloads; add a contact, such as `shop-images/1.0 (+https://shop.example/contact)`. Empty: name and version of this service.',
    ),
  SOURCE_HEADERS: sourceHeaders
    .optional()
    .describe(
      'Headers for image servers by host, as JSON: `{"images.shop.example":{"Authorization":"Bearer …"}}`. A host without a port means https. They are sent to that host only, and never logged.',
    ),
});

export const downloadsOf = (value: z.infer<typeof downloadVariables>): DownloadsConfig => ({
  userAgent: value.DOWNLOAD_USER_AGENT ?? USER_AGENT,
  sourceHeaders: value.SOURCE_HEADERS ?? {},
});
