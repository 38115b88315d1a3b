"""Writes charts as files; PNG and TIFF by hand, as Pillow writes neither colours of 16 bits nor colour chunks."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

SIDE = 32
COLUMNS = 6

PNG_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}


def rows(patches):
    """The samples of the chart, row by row."""
    for first in range(0, len(patches), COLUMNS):
        row = [sample for patch in patches[first : first + COLUMNS] for sample in patch * SIDE]
        for _ in range(SIDE):
            yield row


def size(patches):
    return COLUMNS * SIDE, len(patches) // COLUMNS * SIDE


def samples(row, depth, order='>'):
    """Samples are numbers from 0 to 1."""
    most = 2**depth - 1
    return struct.pack(f'{order}{len(row)}{"H" if depth == 16 else "B"}', *[round(value * most) for value in row])


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(patches, depth, icc=None, chunks=()):
    """`chunks` are pairs of name and content, put before the pixels."""
    header = struct.pack('>IIBB3x', *size(patches), depth, PNG_KINDS[len(patches[0])])
    extra = list(chunks) + ([(b'iCCP', b'chart\0\0' + zlib.compress(icc))] if icc else [])
    pixels = b''.join(b'\0' + samples(row, depth) for row in rows(patches))
    parts = [(b'IHDR', header), *extra, (b'IDAT', zlib.compress(pixels)), (b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(chunk(kind, data) for kind, data in parts)


def tiff(patches, depth, icc=None, space='RGB'):
    channels = len(patches[0])
    colours = {'RGB': 3, 'CMYK': 4, 'L': 1}[space]
    pixels = b''.join(samples(row, depth, '<') for row in rows(patches))
    width, height = size(patches)
    short, long = 3, 4
    tags = [
        (256, long, [width]), (257, long, [height]), (258, short, [depth] * channels), (259, short, [1]),
        (262, short, [{'RGB': 2, 'CMYK': 5, 'L': 1}[space]]), (273, long, [8]), (277, short, [channels]),
        (278, long, [height]), (279, long, [len(pixels)]),
    ]  # fmt: skip
    if channels > colours:
        tags.append((338, short, [2]))
    if icc:
        tags.append((34675, 7, icc))
    at = 8 + len(pixels)
    after = at + 2 + 12 * len(tags) + 4
    directory, behind = struct.pack('<H', len(tags)), b''
    for tag, kind, values in tags:
        data = bytes(values) if kind == 7 else struct.pack(f'<{len(values)}{"H" if kind == short else "I"}', *values)
        place = data.ljust(4, b'\0') if len(data) <= 4 else struct.pack('<I', after + len(behind))
        directory += struct.pack('<HHI', tag, kind, len(values)) + place
        behind += (data + bytes(len(data) % 2)) if len(data) > 4 else b''
    return struct.pack('<2sHI', b'II', 42, at) + pixels + directory + bytes(4) + behind


def by_pillow(kind, patches, icc=None, space='RGB', exif=None):
    image = Image.frombytes(space, size(patches), b''.join(samples(row, 8) for row in rows(patches)))
    options = {
        'JPEG': {'quality': 100, 'subsampling': 0},
        'WEBP': {'lossless': True, 'exact': True},
        'AVIF': {'quality': 100, 'subsampling': '4:4:4', 'speed': 8},
        'HEIF': {'quality': 100, 'chroma': 444},
    }[kind]
    out = io.BytesIO()
    image.save(out, kind, **options, icc_profile=icc, **({'exif': exif} if exif else {}))
    return out.getvalue()
