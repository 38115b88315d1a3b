/** Signals that end the service. Imported before everything else: a container may be stopped while its modules are loading. */

/** Until the service takes over there is nothing to finish. */
let handle: (reason: string) => void = () => process.exit(0);

for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => handle(name));

export const onStopSignal = (handler: (reason: string) => void): void => {
  handle = handler;
};
