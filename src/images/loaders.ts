import sharp from 'sharp';

/** libvips' loaders for the formats that `sniff` accepts. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}`);

/**
 * Configures sharp for the process: one thread per image (more throughput than several), no cache, because each image is
 * seen once, and no other loaders (SVG, PDF, ImageMagick, HDR …), whose parsers are attack surface for files that pretend
 * to be another format.
 */
export const prepareSharp = (): void => {
  sharp.concurrency(1);
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
};
