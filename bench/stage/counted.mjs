/**
 * A service whose commands to its database are counted on the wire.
 * @returns the service with `counts()`: `{all, list}` since the last question, `list` for people
 */
export const countedService = async ({ program, service }, server) => {
  const behind = new URL(server.address('counted'));
  const proxy = program('wire-proxy.mjs', { args: [behind.port, behind.hostname] });
  const address = new URL(behind);
  address.host = await proxy.ask({ what: 'address' });
  const started = await service(server, { MONGODB_URI: address.href });
  return {
    ...started,
    async counts() {
      const counts = await proxy.ask({ what: 'counts' });
      const sorted = Object.entries(counts).sort(([, one], [, other]) => other - one);
      return {
        all: sorted.reduce((all, [, count]) => all + count, 0),
        list: sorted.map(([name, count]) => `${name} ${count}`).join(', '),
      };
    },
  };
};
