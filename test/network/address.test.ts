import fc from 'fast-check';
import { isAllowedAddress, parseNetworks } from '../../src/network/address.ts';

const closed = { allowPrivateNetworks: [] };
const open = (...allowPrivateNetworks: string[]) => ({ allowPrivateNetworks });

describe('rejected addresses', () => {
  it.each([
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['the end of loopback', '127.255.255.254'],
    ['private 10/8', '10.1.2.3'],
    ['private 172.16/12', '172.31.255.1'],
    ['private 192.168/16', '192.168.0.1'],
    ['link-local', '169.254.1.1'],
    ['the metadata service', '169.254.169.254'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['IETF assignments', '192.0.0.8'],
    ['TEST-NET-1', '192.0.2.1'],
    ['TEST-NET-2', '198.51.100.1'],
    ['TEST-NET-3', '203.0.113.1'],
    ['the 6to4 relay', '192.88.99.1'],
    ['benchmarks', '198.18.0.1'],
    ['benchmarks, upper half', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['reserved 240/4', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['hexadecimal in one', '0x7f000001'],
    ['short', '127.1'],
    ['IPv6 unspecified', '::'],
    ['IPv6 loopback', '::1'],
    ['IPv6 loopback in full', '0:0:0:0:0:0:0:1'],
    ['unique local fc00', 'fc00::1'],
    ['unique local fd00', 'fd12:3456::1'],
    ['the IPv6 metadata service', 'fd00:ec2::254'],
    ['IPv6 link-local', 'fe80::1'],
    ['IPv6 link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['IPv6 multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
    ['newer documentation', '3fff::1'],
    ['discard', '100::1'],
    ['segment routing', '5f00::1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped loopback in hexadecimal', '::ffff:7f00:1'],
    ['mapped public', '::ffff:8.8.8.8'],
    ['compatible', '::127.0.0.1'],
    ['compatible in hexadecimal', '::7f00:1'],
    ['translated (RFC 6145)', '::ffff:0:127.0.0.1'],
    ['6to4', '2002:7f00:1::'],
    ['6to4 of the metadata service', '2002:a9fe:a9fe::1'],
    ['NAT64', '64:ff9b::127.0.0.1'],
    ['NAT64 in hexadecimal', '64:ff9b::a9fe:a9fe'],
    ['local NAT64', '64:ff9b:1::127.0.0.1'],
    ['Teredo', '2001:0:53aa:64c::80ff:fffe'],
    ['ISATAP', '2606:4700::5efe:127.0.0.1'],
    ['ISATAP with the universal bit', '2606:4700::200:5efe:10.0.0.1'],
    ['ORCHID', '2001:20::1'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('%s: %s', (_what, address) => {
    expect(isAllowedAddress(address, closed)).toBe(false);
  });

  it('includes every private IPv4 address in every IPv6 form that embeds one', () => {
    const privateIp = fc.oneof(
      fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
    );
    fc.assert(
      fc.property(privateIp, ([a, b, c, d]) => {
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const forms = [
          `${a}.${b}.${c}.${d}`,
          `::ffff:${hex}`,
          `::${hex}`,
          `::ffff:0:${hex}`,
          `2002:${hex}::1`,
          `64:ff9b::${hex}`,
          `64:ff9b:1::${hex}`,
          `2001::${hex}`,
          `2a00:1450::5efe:${hex}`,
        ];
        return forms.every((form) => !isAllowedAddress(form, closed));
      }),
    );
  });
});

describe('allowed addresses', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    'the public %s',
    (address) => {
      expect(isAllowedAddress(address, closed)).toBe(true);
    },
  );

  it('those of an allowed range, and no adjacent ones', () => {
    const policy = open('10.1.0.0/16', 'fd00:1::/32');
    expect(isAllowedAddress('10.1.255.255', policy)).toBe(true);
    expect(isAllowedAddress('10.2.0.0', policy)).toBe(false);
    expect(isAllowedAddress('fd00:1::5', policy)).toBe(true);
    expect(isAllowedAddress('fd00:2::5', policy)).toBe(false);
  });

  it('the mapped form of an allowed IPv4 range, and no other form', () => {
    const policy = open('127.0.0.0/8');
    expect(isAllowedAddress('::ffff:127.0.0.1', policy)).toBe(true);
    for (const other of ['::1', '::127.0.0.1', '2002:7f00:1::', '64:ff9b::7f00:1', '::ffff:10.0.0.1']) {
      expect(isAllowedAddress(other, policy)).toBe(false);
    }
  });

  it('a single address without a prefix', () => {
    expect(isAllowedAddress('192.168.7.7', open('192.168.7.7'))).toBe(true);
    expect(isAllowedAddress('192.168.7.8', open('192.168.7.7'))).toBe(false);
    expect(isAllowedAddress('::1', open('::1'))).toBe(true);
  });
});

describe('cloud metadata services', () => {
  const services = [
    ['Azure, whose range is public', '168.63.129.16'],
    ['AWS, Google and most others', '169.254.169.254'],
    ['AWS ECS', '169.254.170.2'],
    ['Alibaba', '100.100.100.200'],
    ['Oracle Classic', '192.0.0.192'],
    ['AWS by IPv6', 'fd00:ec2::254'],
    ['Google by IPv6', 'fd20:ce::254'],
  ] as const;

  it.each(services)('%s: rejected with any range', (_whose, address) => {
    expect(isAllowedAddress(address, closed)).toBe(false);
    expect(isAllowedAddress(address, open('0.0.0.0/0', '::/0'))).toBe(false);
    expect(isAllowedAddress(address, open('100.64.0.0/10', '169.254.0.0/16', '168.63.129.0/31', 'fd00::/8'))).toBe(
      false,
    );
  });

  it.each(services)('%s: reached once it is named itself', (_whose, address) => {
    expect(isAllowedAddress(address, open(address))).toBe(true);
    expect(isAllowedAddress(address, open('10.0.0.0/8', `${address}/${address.includes(':') ? 128 : 32}`))).toBe(true);
  });

  it('does not affect adjacent addresses in allowed ranges', () => {
    expect(isAllowedAddress('168.63.129.17', closed)).toBe(true);
    expect(isAllowedAddress('100.100.100.201', open('100.64.0.0/10'))).toBe(true);
  });

  it('recognizes them in every notation', () => {
    const wide = open('0.0.0.0/0', '::/0');
    for (const text of ['::ffff:168.63.129.16', '::ffff:a83f:8110', '0xa83f8110', '2822734096', 'FD00:0EC2:0::0254']) {
      expect(isAllowedAddress(text, wide)).toBe(false);
    }
    expect(isAllowedAddress('fe80::a9fe:a9fe%eth0', wide)).toBe(false);
  });
});

describe('parseNetworks', () => {
  it.each(['10.0.0.0/33', '10.0.0/8/8', 'fd00::/129', 'intranet', '10.0.0.0/', ''])('rejects "%s" by name', (text) => {
    expect(() => parseNetworks(['10.0.0.0/8', text])).toThrow(`"${text}" is not an address range`);
  });
});
