/** What was done to an image, besides encoding it. */
export const NOTES = {
  kept_original: 'The original was smaller than a new encoding, so it was kept, without its metadata.',
  first_frame_only: 'The original is animated; its first frame was kept.',
  resized: 'It was made smaller to fit the size that was chosen.',
  profile_converted: 'The colours were converted to sRGB, which every screen and shop shows alike.',
  uncalibrated_colours: 'The file says that its colours are not sRGB, but not which; they may look dull.',
  thumbnail_skipped: 'The file starts with a thumbnail; the picture in full size was read.',
  extra_channels_dropped: 'Spot colours or saved selections of the original were dropped.',
  share_link: 'The URL is a share link; the file behind it was downloaded.',
} as const;
