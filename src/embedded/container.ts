import type { Environment } from './engine.ts';

/**
 * Whether this is a container, where nobody installs a package by hand. Podman and this service's image set `container`, and
 * Kubernetes tells every pod where its API is.
 */
export const inContainer = (env: Environment): boolean =>
  env.container !== undefined || env.KUBERNETES_SERVICE_HOST !== undefined;
