/** Which addresses may be reached although they are not public, as CIDRs (`127.0.0.0/8`, `::1/128`). */
export interface NetworkPolicy {
  readonly allowPrivateNetworks: readonly string[];
}
