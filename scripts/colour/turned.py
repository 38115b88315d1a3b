"""
`turned.py FOLDER` writes a picture of four quarters, stored turned in each of the orientations 1 to 8, in every format that says
how to turn it back but HEIC (see heic.py), and `turned.json`, the list of their names.
"""

import io
import json
import struct
import sys
from pathlib import Path

from files import chunk
from heic import TRANSPOSE, exif, quarters
from PIL import Image

# A tag without a meaning, in the place of the orientation: Pillow would take that one out of an AVIF.
PLACEHOLDER = 0x0113
OPTIONS = {
    'JPEG': {'quality': 100, 'subsampling': 0},
    'WEBP': {'lossless': True},
    'AVIF': {'quality': 100, 'subsampling': '4:4:4', 'speed': 8},
    'TIFF': {'compression': 'tiff_lzw'},
    'PNG': {},
}


def stored(orientation, mode='RGB'):
    image = quarters().convert(mode)
    return image.transpose(TRANSPOSE[orientation]) if orientation > 1 else image


def save(image, kind, **more):
    out = io.BytesIO()
    image.save(out, kind, **OPTIONS[kind], **more)
    return out.getvalue()


def tiff(image, orientation, **more):
    return save(image, 'TIFF', tiffinfo={0x0112: orientation}, **more)


def png_with_exif_behind(image, orientation):
    """The EXIF stands behind the pixels (PNG, 11.3.4.5)."""
    data = save(image, 'PNG')
    end = data.index(b'IEND') - 4
    return data[:end] + chunk(b'eXIf', exif(orientation).removeprefix(b'Exif\0\0')) + data[end:]


def avif_with_both(image, orientation, in_exif):
    """Turned by `irot` and `imir`, with any orientation in its EXIF."""
    tags = Image.Exif()
    tags[0x0112], tags[PLACEHOLDER] = orientation, 1
    data = save(image, 'AVIF', exif=tags)
    for order in '<>':
        # The tag, one value of two bytes.
        mark = struct.pack(f'{order}HHI', PLACEHOLDER, 3, 1)
        if mark in data:
            at = data.index(mark)
            changed = struct.pack(f'{order}HHIH', 0x0112, 3, 1, in_exif)
            return data[:at] + changed + data[at + len(changed) :]
    raise ValueError('The file has no EXIF.')


def pictures():
    for orientation in range(1, 9):
        image, tags = stored(orientation), exif(orientation)
        for kind in ('JPEG', 'PNG', 'WEBP', 'AVIF'):
            yield kind, orientation, save(image, kind, exif=tags)
        yield 'PNG, EXIF behind', orientation, png_with_exif_behind(image, orientation)
        yield 'TIFF', orientation, tiff(image, orientation)
        yield 'PNG with alpha', orientation, save(stored(orientation, 'RGBA'), 'PNG', exif=tags)
        yield 'TIFF with alpha', orientation, tiff(stored(orientation, 'RGBA'), orientation)
        yield 'JPEG, CMYK', orientation, save(stored(orientation, 'CMYK'), 'JPEG', exif=tags)
        yield 'AVIF and EXIF', orientation, avif_with_both(image, orientation, orientation)
        # A program that turns a file by its properties alone leaves what EXIF said before.
        yield 'AVIF and other EXIF', orientation, avif_with_both(image, orientation, orientation % 8 + 1)


if __name__ == '__main__':
    folder, listed = Path(sys.argv[1]), []
    for kind, orientation, data in pictures():
        name = f'{len(listed)}-{orientation}'
        (folder / name).write_bytes(data)
        listed.append({'name': name, 'kind': kind, 'orientation': orientation})
    (folder / 'turned.json').write_text(json.dumps(listed))
