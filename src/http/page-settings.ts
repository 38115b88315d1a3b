/** What the page must know of this service before its first call; written into its HTML, readable by everyone. */
export interface PageSettings {
  readonly limits: {
    readonly maxUploadBytes: number;
    readonly maxRows: number;
    readonly maxUrls: number;
    readonly maxRowBytes: number;
    readonly maxColumns: number;
  };
  /** `s3://` URLs may be sent; which buckets they may name is only told by the upload. */
  readonly s3Sources: boolean;
  readonly needsKey: boolean;
  /** What the URLs of the sample photos begin with; null where the sample cannot be processed. */
  readonly samples: string | null;
}

interface Settled {
  readonly limits: PageSettings['limits'];
  readonly sources: { readonly buckets: readonly string[] };
  readonly access: { readonly apiKeys: readonly unknown[] };
}

/** Picks one by one: what else the configuration holds is nobody's business. */
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
