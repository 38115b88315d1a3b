interface OutputFormatProperties {
  /** As shown to people. */
  readonly label: string;
  /** File extension, without the dot. */
  readonly extension: string;
  /** Media type (RFC 6838). */
  readonly contentType: string;
  /** Maximum pixels per side, as limited by libvips' encoder. */
  readonly maxSide: number;
  /** Bytes per pixel used by the encoder, measured with noise images. */
  readonly encoderBytes: { readonly opaque: number; readonly alpha: number };
}

/** The output formats. Their encoders are in images/encode.ts, where a missing one is a type error. */
export const OUTPUT_FORMATS = {
  jpeg: {
    label: 'JPEG',
    extension: 'jpg',
    contentType: 'image/jpeg',
    maxSide: 65_500,
    encoderBytes: { opaque: 4, alpha: 5 },
  },
  webp: {
    label: 'WebP',
    extension: 'webp',
    contentType: 'image/webp',
    maxSide: 16_383,
    encoderBytes: { opaque: 11, alpha: 40 },
  },
  avif: {
    label: 'AVIF',
    extension: 'avif',
    contentType: 'image/avif',
    maxSide: 16_384,
    encoderBytes: { opaque: 36, alpha: 52 },
  },
  png: {
    label: 'PNG',
    extension: 'png',
    contentType: 'image/png',
    maxSide: Number.POSITIVE_INFINITY,
    encoderBytes: { opaque: 7, alpha: 10 },
  },
} as const satisfies Readonly<Record<string, OutputFormatProperties>>;

export type OutputFormat = keyof typeof OUTPUT_FORMATS;

export const OUTPUT_FORMAT_NAMES = Object.keys(OUTPUT_FORMATS) as OutputFormat[];

/** For messages: `jpeg, webp, avif or png`. */
export const OUTPUT_FORMAT_LIST = `${OUTPUT_FORMAT_NAMES.slice(0, -1).join(', ')} or ${OUTPUT_FORMAT_NAMES.at(-1)}`;

/** What is kept of a source's metadata: nothing, or creator, credit, copyright and how it was made. */
export const METADATA_KEPT = ['none', 'rights'] as const;
export type MetadataKept = (typeof METADATA_KEPT)[number];

/** One of several outputs of an image. */
export interface OutputSpec {
  readonly format: OutputFormat;
  /** 1 to 100. */
  readonly quality: number;
  /** Longest side in pixels, which the picture is made to fit; absent: its own. */
  readonly maxSide?: number;
}

/** Outputs that an image may have. */
export const MAX_OUTPUTS = 5;

/**
 * Names of the outputs after the first, as in `webp 1600`: the format, the longest side if it has one, and the quality where
 * another one would have the same name.
 */
export const furtherLabels = (outputs: readonly OutputSpec[] = []): string[] => {
  const further = outputs.slice(1);
  const plain = further.map(({ format, maxSide }) => (maxSide === undefined ? format : `${format} ${maxSide}`));
  return plain.map((label, at) =>
    plain.indexOf(label) === plain.lastIndexOf(label) ? label : `${label} quality ${further[at]?.quality}`,
  );
};
