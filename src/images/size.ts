import type { Sharp } from 'sharp';

/** The largest output, in pixels of the upright picture; a side without a limit is absent. */
export interface SizeLimits {
  readonly maxWidth?: number;
  readonly maxHeight?: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const areaOf = ({ width, height }: Size): number => width * height;

/** Fits a picture inside the limits; it is never enlarged, and no side becomes less than a pixel. */
export const fitInside = ({ width, height }: Size, { maxWidth = width, maxHeight = height }: SizeLimits): Size => {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
};

/** Makes a picture of this upright size fit; one that fits already is left alone, so that libvips streams it row by row. */
export const resize = (picture: Sharp, upright: Size, limits: SizeLimits): Sharp =>
  resizeTo(picture, upright, fitInside(upright, limits));

/** Gives a picture of one size another one. */
export const resizeTo = (picture: Sharp, from: Size, { width, height }: Size): Sharp =>
  width === from.width && height === from.height ? picture : picture.resize(width, height, { fit: 'fill' });
