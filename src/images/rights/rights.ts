import type { Metadata } from 'sharp';
import { readHeifMetadata } from '../foreign/heif-metadata.ts';
import type { SourceFormat } from '../sniff.ts';
import { writePacket } from './packet.ts';
import { readExifRights } from './read-exif.ts';
import { readIimRights } from './read-iim.ts';
import { readXmpRights } from './read-xmp.ts';
import { toVocabulary } from './vocabulary.ts';

/**
 * The XMP packet with the rights of a picture, from its XMP, then IPTC-IIM, then EXIF; null if none of them has any. What
 * cannot be read has none: the picture itself may be right.
 * @param header as read by sharp
 */
export const rightsPacket = (bytes: Buffer, source: SourceFormat, header: Metadata): string | null => {
  const { xmp, iptc, exif }: Pick<Metadata, 'xmp' | 'iptc' | 'exif'> =
    source === 'heic' ? readHeifMetadata(bytes) : header;
  // A TIFF has the tags of EXIF in its own directory.
  const tags = source === 'tiff' ? bytes : exif;
  const rights = {
    ...(tags && readExifRights(tags)),
    ...(iptc && readIimRights(iptc)),
    ...(xmp && readXmpRights(xmp)),
  };
  const kept = toVocabulary(rights);
  return Object.keys(kept).length === 0 ? null : writePacket(kept);
};
