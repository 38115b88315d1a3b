"""
`heic.py FOLDER` writes the HEIC pictures of the tests, test/fixtures/heic: pillow-heif encodes them, and what it does not
write (tiles, code points, EXIF that repeats the orientation) is put together here (ISO/IEC 14496-12 and 23008-12).
"""

import io
import struct
import sys
from pathlib import Path

import pillow_heif
from charts import P3, SPACES, encode
from files import by_pillow, rows, samples, size
from icc import rgb_profile
from PIL import Image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, WHITE = (254, 0, 0), (0, 128, 1), (0, 0, 254), (255, 255, 255)
# What undoes each EXIF orientation, so that the picture comes out upright again.
TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def quarters(width=96, height=64):
    """Red and green above, blue and white below."""
    image = Image.new('RGB', (width, height), WHITE)
    for colour, x, y in ((RED, 0, 0), (GREEN, 1, 0), (BLUE, 0, 1)):
        image.paste(colour, (x * width // 2, y * height // 2, (x + 1) * width // 2, (y + 1) * height // 2))
    return image


def heic(image, **options):
    out = io.BytesIO()
    image.save(out, 'HEIF', **{'quality': 90, 'chroma': 444, **options})
    return out.getvalue()


def deep_heic(dimensions, data, **options):
    """Of samples of 16 bits."""
    out = io.BytesIO()
    pillow_heif.encode('RGB;16', dimensions, data, out, format='HEIF', quality=100, chroma=444, **options)
    return out.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def with_exif_orientation(data, orientation):
    """pillow-heif resets the tag as it writes `irot` and `imir`; phones write both."""
    for order, mark in (('<', b'\x12\x01\x03\x00\x01\x00\x00\x00'), ('>', b'\x01\x12\x00\x03\x00\x00\x00\x01')):
        at = data.find(mark)
        if at >= 0:
            return data[: at + 8] + struct.pack(order + 'H', orientation) + data[at + 10 :]
    raise ValueError('The file has no orientation.')


def oriented(orientation):
    stored = quarters()
    if orientation > 1:
        stored = stored.transpose(TRANSPOSE[orientation])
    return heic(stored, exif=exif(orientation))


def box(kind, *parts):
    data = b''.join(parts)
    return struct.pack('>I', 8 + len(data)) + kind + data


def full(kind, *parts, version=0, flags=0):
    return box(kind, struct.pack('>I', version << 24 | flags), *parts)


def children(data):
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from('>I4s', data, at)
        yield kind, data[at + 8 : at + size]
        at += size


def coded(data):
    """Decoder configuration and coded picture of a file with one item."""
    top = dict(children(data))
    properties = dict(children(dict(children(top[b'meta'][4:]))[b'iprp']))
    return box(b'hvcC', dict(children(properties[b'ipco']))[b'hvcC']), top[b'mdat']


def grid(tiles, columns, width, height, colour=None):
    """A picture of tiles, as phones write it; item 1 is the grid, its tiles follow. `colour` belongs to the tiles only."""
    parts = [coded(heic(tile)) for tile in tiles]
    side = tiles[0].size
    rows = len(tiles) // columns
    config = struct.pack('>BBBBHH', 0, 0, rows - 1, columns - 1, width, height)
    ids = range(1, len(tiles) + 2)
    infe = b''.join(full(b'infe', struct.pack('>HH', i, 0), b'grid\0' if i == 1 else b'hvc1\0', version=2) for i in ids)
    extra = [colour] if colour else []
    properties = [full(b'ispe', struct.pack('>II', width, height)), full(b'ispe', struct.pack('>II', *side)), *extra]
    first = len(properties) + 1
    properties += [config_ for config_, _ in parts]
    shared = bytes((2, 3)) if colour else bytes((2,))
    ipma = struct.pack('>I', len(ids)) + struct.pack('>HBB', 1, 1, 1)
    for index in range(len(tiles)):
        mine = shared + bytes((0x80 | (first + index),))
        ipma += struct.pack('>HB', index + 2, len(mine)) + mine
    brands = box(b'ftyp', b'heic', bytes(4), b'mif1heic')

    def meta(start):
        iloc = struct.pack('>HH', 0x4400, len(ids)) + struct.pack('>HHHHII', 1, 1, 0, 1, 0, len(config))
        at = start
        for index, (_, data) in enumerate(parts):
            iloc += struct.pack('>HHHHII', index + 2, 0, 0, 1, at, len(data))
            at += len(data)
        return full(
            b'meta',
            full(b'hdlr', bytes(4), b'pict', bytes(13)),
            full(b'pitm', struct.pack('>H', 1)),
            full(b'iloc', iloc, version=1),
            full(b'iinf', struct.pack('>H', len(ids)), infe),
            full(b'iref', box(b'dimg', struct.pack(f'>HH{len(tiles)}H', 1, len(tiles), *ids[1:]))),
            box(b'iprp', box(b'ipco', *properties), full(b'ipma', ipma)),
            box(b'idat', config),
        )

    start = len(brands) + len(meta(0)) + 8
    return brands + meta(start) + box(b'mdat', *[data for _, data in parts])


def tiles(image, columns, rows):
    width, height = image.width // columns, image.height // rows
    for y in range(rows):
        for x in range(columns):
            yield image.crop((x * width, y * height, (x + 1) * width, (y + 1) * height))


def p3_patches():
    """The chart in Display P3, by the names of what says so."""
    patches = list(encode(*SPACES['Display P3']))
    profile = rgb_profile(*SPACES['Display P3'])
    yield 'p3-profile', by_pillow('HEIF', patches, profile)
    chart = Image.frombytes('RGB', size(patches), b''.join(samples(row, 8) for row in rows(patches)))
    for name, primaries, transfer in (('p3-nclx', 12, 13), ('hdr-pq', 9, 16), ('hdr-hlg', 9, 18)):
        yield name, heic(chart, quality=100, color_primaries=primaries, transfer_characteristics=transfer)
    deep = b''.join(samples(row, 16, '<') for row in rows(patches))
    for bits in (10, 12):
        pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
        for name, colours in (
            ('profile', {'icc_profile': profile}),
            ('nclx', {'color_primaries': 12, 'transfer_characteristics': 13}),
        ):
            yield f'p3-{name}-{bits}-bits', deep_heic(size(patches), deep, **colours)


# The private parts have "SECRET" in them.
XMP = '''<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
exif:GPSLatitude="SECRET" photoshop:City="SECRET" photoshop:Credit="Xmp Credit"
Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia">
<dc:creator><rdf:Seq><rdf:li>Xmp Creator</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>'''


def private_exif():
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x013B], tags[0x8298] = 'SECRET camera', 'SECRET', 'Exif Artist', '(C) Exif'
    tags.get_ifd(0x8769)[0xA434] = 'SECRET lens'
    tags.get_ifd(0x8825)[27] = b'SECRET position'
    return tags.tobytes()


def noise(mode):
    """Transparency is smooth, as encoders take very different memory for that of noise."""
    channels = [Image.effect_noise((350, 350), 40).resize((1400, 1400)) for _ in 'RGB']
    return Image.merge(mode, [*channels, Image.new('L', (1400, 1400), 128)][: len(mode)])


def pictures():
    for orientation in range(1, 9):
        both = oriented(orientation)
        yield f'turned-{orientation}', both
        yield f'turned-{orientation}-and-exif', with_exif_orientation(both, orientation)
    yield 'exif-only', with_exif_orientation(oriented(1), 6)
    yield from p3_patches()
    yield 'srgb', by_pillow('HEIF', list(encode(*SPACES['sRGB'])), rgb_profile(*SPACES['sRGB']))
    alpha = quarters().convert('RGBA')
    alpha.putalpha(Image.new('L', alpha.size, 255))
    alpha.paste((0, 0, 0, 0), (0, 0, 48, 32))
    yield 'alpha', heic(alpha)
    yield 'grey', heic(Image.linear_gradient('L').resize((64, 64)))
    yield 'rights-exif', heic(quarters(), exif=private_exif())
    yield 'rights-xmp', heic(quarters(), exif=private_exif(), xmp=XMP.encode())
    # The last row and column of tiles stand out beyond the picture.
    whole = quarters(256, 256)
    yield 'grid', grid(list(tiles(whole, 2, 2)), 2, 200, 190)
    profile = box(b'colr', b'prof', rgb_profile(P3, 'D65', SPACES['Display P3'][2]))
    yield 'grid-p3-in-tiles', grid(list(tiles(Image.new('RGB', (128, 128), (200, 60, 60)), 2, 2)), 2, 128, 128, profile)
    yield 'large', heic(noise('RGB'), quality=8, chroma=420)
    yield 'large-alpha', heic(noise('RGBA'), quality=5)


if __name__ == '__main__':
    for name, data in pictures():
        (Path(sys.argv[1]) / f'{name}.heic').write_bytes(data)
