/** Where a picture lies in its frame: `scale` is in CSS pixels per pixel of the picture, x and y move its middle. */
export interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Scale. */
const MOST = 8;

/** The whole picture, and never larger than its own pixels. */
export const fitOf = (picture: Size, frame: Size): number =>
  Math.min(1, frame.width / picture.width, frame.height / picture.height);

/** Zooms about a point of the frame, counted from its middle, and keeps the picture in sight. */
export const zoomed = (now: Placement, scale: number, at: Point, picture: Size, frame: Size): Placement => {
  const next = Math.min(MOST, Math.max(fitOf(picture, frame), scale));
  const ratio = next / now.scale;
  return bounded({ scale: next, x: at.x - (at.x - now.x) * ratio, y: at.y - (at.y - now.y) * ratio }, picture, frame);
};

/** Moves it, but no edge of the picture further in than the edge of the frame. */
export const moved = (now: Placement, by: Point, picture: Size, frame: Size): Placement =>
  bounded({ ...now, x: now.x + by.x, y: now.y + by.y }, picture, frame);

const bounded = ({ scale, x, y }: Placement, picture: Size, frame: Size): Placement => {
  const room = (length: number, of: number): number => Math.max(0, (length * scale - of) / 2);
  const inside = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
  return {
    scale,
    x: inside(x, room(picture.width, frame.width)),
    y: inside(y, room(picture.height, frame.height)),
  };
};

export const isZoomed = ({ scale }: Placement, picture: Size, frame: Size): boolean =>
  picture.width * scale > frame.width + 1 || picture.height * scale > frame.height + 1;
