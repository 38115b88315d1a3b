/**
 * Why the service may refuse what sharp reads: [codes, text of the message, explanation]. A refusal that is not here is a
 * finding, and so is a new kind of refusal until it is added.
 */
const REFUSALS = [
  [
    /^(image_too_large|too_many_pixels|too_many_frames|processing_timeout)$/,
    /./,
    'a limit of the service, see docs/configuration.md',
  ],
  [/^empty_image$/, /./, 'the file is empty'],
  [/./, /SVG drawing|PDF document|PostScript/, 'a program more than a picture: its parser could read other files'],
  [
    /./,
    /Radiance|OpenEXR|FITS|Netpbm|JPEG XL|JPEG 2000|icon|HEIC|is a BMP file/,
    'no format of catalogues, or its parser is not loaded',
  ],
  [/./, /raw file/, 'sharp gives the small preview inside the raw file'],
  [/./, /high dynamic range/, 'sharp reads HDR numbers as if they were sRGB, which is far too dark or pale'],
  [/./, /CgBI/, 'sharp swaps red and blue, or fails'],
  [/./, /animated (AVIF|PNG)/, 'sharp gives a part of the picture'],
  [/./, /is a TIFF with|sparse TIFF/, 'sharp gives wrong colours or blank parts'],
  [/./, /lossless JPEG|hierarchical JPEG|JPEG-LS|bits per colour/, 'a kind of JPEG that cannot be decoded right'],
  [/./, /\d+ channels/, 'more channels than a photo has'],
];

/** Which difference from plain sharp each note of an image explains. */
const NOTES = {
  profile_converted: { colours: 'converted from a profile or signal that sharp alone gets wrong or ignores' },
  first_frame_only: { size: 'the frame that viewers show', colours: 'the frame that viewers show' },
  thumbnail_skipped: { size: 'sharp alone gives the thumbnail', colours: 'sharp alone gives the thumbnail' },
  extra_channels_dropped: { colours: 'sharp alone takes an extra channel for transparency' },
};

const LATE_EXIF = 'sharp does not turn a PNG whose EXIF stands behind the picture data';

/** What sharp is known to get wrong in a file, by `sharpAlone`. */
export const FLAWS = {
  gaps: { colours: 'sharp paints black what the frame of a GIF leaves free; browsers show it as transparent' },
  late_exif: { size: LATE_EXIF, colours: LATE_EXIF },
};

const DAMAGED_TIFF = 'sharp leaves missing parts of a TIFF blank without an error; compare it by eye';

/**
 * The reason for a refusal of what sharp reads; undefined if it has none.
 * @param kind the format as sharp names it
 */
export const refusalReason = ({ code, message }, kind) =>
  code === 'corrupt_image' && kind === 'tiff'
    ? DAMAGED_TIFF
    : REFUSALS.find(([codes, text]) => codes.test(code) && text.test(message))?.[2];

/** @param what 'size' or 'colours' */
export const noteReason = (notes, what) =>
  notes.map((note) => NOTES[note]?.[what]).find((reason) => reason !== undefined);
