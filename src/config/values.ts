import net from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseHttpUrl } from '../network/url.ts';
import { trimEnd } from '../trim.ts';

export const MIB = 1024 * 1024;

export const wholeNumber = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .default(fallback);

/** Separated by commas, or in a file by lines. */
export const list = z
  .string()
  .transform((text) =>
    text
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .default([]);

/** An address or a CIDR. */
export const isNetwork = (text: string): boolean => {
  try {
    ipaddr.parseCIDR(text);
    return true;
  } catch {
    return ipaddr.isValid(text);
  }
};

/** An IP address with a port or without one, as `dns.setServers` takes it: IPv6 needs brackets before a port. */
export const isNameServer = (text: string): boolean => {
  const [, address = text, port = '53'] =
    /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text) ?? /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  return net.isIP(address) !== 0 && Number(port) >= 1 && Number(port) <= 65_535;
};

/** Without trailing slashes. */
export const httpUrl = z
  .string()
  .refine((text) => parseHttpUrl(text) !== null, 'must be an http(s) URL')
  .transform((text) => trimEnd(text, '/'));
