import sharp from 'sharp';

/** The loaders of libvips for the formats that `sniff` lets through. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}`);

/**
 * Sets sharp up for a whole process: one thread an image (many small ones beat few wide ones), no cache for images
 * that are seen once, and every loader shut that nobody asked for (SVG, PDF, ImageMagick, HDR …): their parsers are
 * what attackers reach for when bytes lie about what they are.
 */
export const prepareSharp = (): void => {
  sharp.concurrency(1);
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
};
