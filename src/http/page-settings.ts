/** Settings that the page needs before its first call; embedded in its HTML, so public. */
export interface PageSettings {
  readonly limits: {
    readonly maxUploadBytes: number;
    readonly maxRows: number;
    readonly maxUrls: number;
    readonly maxRowBytes: number;
    readonly maxColumns: number;
  };
  /** Whether `s3://` URLs are accepted; the allowed buckets are only checked on upload. */
  readonly s3Sources: boolean;
  readonly needsKey: boolean;
  /** Prefix of the sample photo URLs; null if the sample cannot be processed. */
  readonly samples: string | null;
}

interface Settled {
  readonly limits: PageSettings['limits'];
  readonly sources: { readonly buckets: readonly string[] };
  readonly access: { readonly apiKeys: readonly unknown[] };
}

/** Copies field by field, so that nothing else of the configuration becomes public. */
export const pageSettings = ({ limits, sources, access }: Settled, samples: string | null): PageSettings => ({
  limits: {
    maxUploadBytes: limits.maxUploadBytes,
    maxRows: limits.maxRows,
    maxUrls: limits.maxUrls,
    maxRowBytes: limits.maxRowBytes,
    maxColumns: limits.maxColumns,
  },
  s3Sources: sources.buckets.length > 0,
  needsKey: access.apiKeys.length > 0,
  samples,
});
