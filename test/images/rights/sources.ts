/** XMP of a picture whose description has these elements. */
export const xmpOf = (description: string): string =>
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
  'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ' +
  'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" ' +
  'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:exif="http://ns.adobe.com/exif/1.0/">' +
  `${description}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;

/** Datasets of record 2 (IPTC-IIM 4.2). */
export const iimOf = (...datasets: readonly (readonly [number, string | Buffer])[]): Buffer =>
  Buffer.concat(
    datasets.map(([dataset, value]) => {
      const bytes = Buffer.from(value as string);
      return Buffer.concat([Buffer.from([0x1c, 2, dataset, bytes.length >> 8, bytes.length & 255]), bytes]);
    }),
  );

/** As in a JPEG: another resource of odd length first. */
export const photoshopOf = (datasets: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(datasets.length);
  return Buffer.concat([
    Buffer.from('Photoshop 3.0\x008BIM\x04\x25\x00\x00\x00\x00\x00\x03abc\0', 'latin1'),
    Buffer.from('8BIM\x04\x04\x00\x00', 'latin1'),
    size,
    datasets,
  ]);
};

/** EXIF with these texts in its first directory, by tag. */
export const exifOf = (order: 'II' | 'MM', texts: Readonly<Record<number, string>>): Buffer => {
  const entries = Object.entries(texts);
  const number = (value: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    if (order === 'II') bytes.writeUIntLE(value, 0, length);
    else bytes.writeUIntBE(value, 0, length);
    return bytes;
  };
  let at = 8 + 2 + 12 * entries.length + 4;
  const values: Buffer[] = [];
  const directory = entries.map(([tag, text]) => {
    const bytes = Buffer.from(`${text}\0`);
    const inline = bytes.length <= 4;
    const place = inline ? Buffer.concat([bytes, Buffer.alloc(4)]).subarray(0, 4) : number(at, 4);
    if (!inline) {
      values.push(bytes);
      at += bytes.length;
    }
    return Buffer.concat([number(Number(tag), 2), number(2, 2), number(bytes.length, 4), place]);
  });
  const head = [Buffer.from(`Exif\0\0${order}`), number(42, 2), number(8, 4), number(entries.length, 2)];
  return Buffer.concat([...head, ...directory, number(0, 4), ...values]);
};
