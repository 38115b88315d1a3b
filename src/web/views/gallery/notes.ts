/** What was done to an image, besides encoding it. */
export const NOTES = {
  kept_original: 'The original was already smaller, so it was kept, without its metadata.',
  first_frame_only: 'The original is animated; only its first frame was kept.',
  resized: 'Resized to fit the chosen size.',
  profile_converted: 'Colours were converted to sRGB, so they look the same everywhere.',
  uncalibrated_colours: 'The file does not say which colour space it uses; colours may look dull.',
  thumbnail_skipped: 'The embedded thumbnail was skipped; the full-size image was used.',
  extra_channels_dropped: 'Spot colours and saved selections were removed.',
  share_link: 'The file behind the share link was downloaded.',
} as const;
