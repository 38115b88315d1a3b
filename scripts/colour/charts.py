"""
`charts.py make FOLDER` writes charts (24 patches) in many formats and colour spaces, with a list of them, `charts.json`.
`charts.py judge FOLDER` compares NAME.out.png, what the service made of each, with what LittleCMS makes of its colours, and
prints `[{ "name", "mean", "worst" }]` in CIEDE2000.
"""

import io
import json
import struct
import sys
from pathlib import Path

import files
from difference import delta_e
from icc import SRGB, apply, cmyk_profile, grey_profile, inverse, rgb_profile, srgb_curve, to_d50
from PIL import Image, ImageCms

BY_PILLOW = ('JPEG', 'WEBP', 'AVIF', 'HEIF')

# A colour checker in sRGB: real colours, all of them inside the gamut.
PATCHES = [
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (30, 133, 161),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
]  # fmt: skip
GREYS = [((index + 1) / 25,) for index in range(24)]
INKS = [(c / 3, m / 3, y / 3, k) for c in range(0, 4) for m, y, k in
        ((0, 0, 0), (2, 1, 0), (1, 3, 0), (3, 1, 0.2), (1, 1, 0.4), (2, 2, 0.1))]  # fmt: skip

ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
PROPHOTO = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001))


def power(gamma):
    return lambda value: value**gamma


def prophoto_curve(value):
    return value / 16 if value < 16 / 512 else value**1.8


def dot_gain(value):
    """Ink of 50 % that prints as about 70 % (Yule and Nielsen), as light."""
    ink = 1 - value
    spread = ink + 0.2 * 4 * ink * (1 - ink)
    return 1 - min(1, spread)


SPACES = {
    'sRGB': (SRGB, 'D65', srgb_curve),
    'Adobe RGB': (ADOBE, 'D65', power(563 / 256)),
    'Display P3': (P3, 'D65', srgb_curve),
    'ProPhoto': (PROPHOTO, 'D50', prophoto_curve),
}


def undo(function, light):
    """The signal of this light, by halving."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < light else (low, middle)
    return (low + high) / 2


def encode(primaries, white, function):
    """The patches in another colour space, in steps of 8 bits, so that both depths hold the same colours."""
    back = inverse(to_d50(primaries, white))
    for patch in PATCHES:
        light = apply(back, apply(to_d50(SRGB, 'D65'), [srgb_curve(value / 255) for value in patch]))
        yield tuple(round(255 * undo(function, min(1, max(0, value)))) / 255 for value in light)


def convert(patches, icc, space):
    """What LittleCMS makes of the colours; perceptual, as in libvips."""
    eight = [tuple(round(255 * value) for value in patch) for patch in patches]
    if icc is None:
        return [patch * 3 if len(patch) == 1 else patch for patch in eight]
    image = Image.new(space, (len(eight), 1))
    image.putdata([patch[0] for patch in eight] if space == 'L' else eight)
    opened = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    srgb = ImageCms.createProfile('sRGB')
    return list(ImageCms.profileToProfile(image, opened, srgb, ImageCms.Intent.PERCEPTUAL, outputMode='RGB').getdata())


class Charts:
    def __init__(self, folder):
        self.folder, self.listed = folder, []

    def add(self, file_format, depth, colours, data, reference):
        name = f'{len(self.listed)}.{file_format.lower()}'
        (self.folder / name).write_bytes(data)
        self.listed.append({
            'name': name, 'format': file_format, 'depth': depth, 'colours': colours, 'reference': reference,
        })  # fmt: skip


def embedded(charts):
    for name, space in {'untagged': SPACES['sRGB'], **SPACES}.items():
        icc = None if name == 'untagged' else rgb_profile(*space)
        patches = list(encode(*space))
        right = convert(patches, icc, 'RGB')
        # The profile and LittleCMS are judged by the formulas first.
        off = max(delta_e(one, patch) for one, patch in zip(right, PATCHES))
        assert off < 2, f'{name}: LittleCMS is {off:.2f} from the formulas'
        for kind in BY_PILLOW:
            charts.add(kind, 8, name, files.by_pillow(kind, patches, icc), right)
        clear = [(*patch, 0.5) for patch in patches]
        for depth in (8, 16):
            charts.add('PNG', depth, name, files.png(patches, depth, icc), right)
            charts.add('TIFF', depth, name, files.tiff(patches, depth, icc), right)
            charts.add('PNG', depth, f'{name}, alpha', files.png(clear, depth, icc), right)
            charts.add('TIFF', depth, f'{name}, alpha', files.tiff(clear, depth, icc), right)


def greys(charts):
    curves = {'grey untagged': None, 'grey gamma 1.8': power(1.8), 'grey gamma 2.2': power(2.2), 'grey dot gain': dot_gain}
    for name, function in curves.items():
        icc = None if function is None else grey_profile(function)
        right = convert(GREYS, icc, 'L')
        charts.add('JPEG', 8, name, files.by_pillow('JPEG', GREYS, icc, 'L'), right)
        clear = [(*grey, 0.5) for grey in GREYS]
        for depth in (8, 16):
            charts.add('PNG', depth, name, files.png(GREYS, depth, icc), right)
            charts.add('TIFF', depth, name, files.tiff(GREYS, depth, icc, 'L'), right)
            charts.add('PNG', depth, f'{name}, alpha', files.png(clear, depth, icc), right)


def cmyk(charts):
    icc = cmyk_profile()
    right = convert(INKS, icc, 'CMYK')
    charts.add('JPEG', 8, 'CMYK', files.by_pillow('JPEG', INKS, icc, 'CMYK'), right)
    for depth in (8, 16):
        charts.add('TIFF', depth, 'CMYK', files.tiff(INKS, depth, icc, 'CMYK'), right)


def chromaticities(primaries):
    return struct.pack('>8I', *[round(value * 100_000) for point in ((0.3127, 0.329), *primaries) for value in point])


def dcf():
    """EXIF of a camera set to Adobe RGB: ColorSpace is uncalibrated, the interoperability index is R03 (DCF 2.0)."""
    exif = Image.Exif()
    details = exif.get_ifd(0x8769)
    details[0xA001] = 0xFFFF
    details[0xA005] = {1: 'R03'}
    return exif.tobytes()


def signalled(charts):
    """Colours that the format's own structure says, without a profile; some of them against another chunk."""
    adobe, p3 = list(encode(*SPACES['Adobe RGB'])), list(encode(*SPACES['Display P3']))
    linear = list(encode(SRGB, 'D65', power(1)))
    right = {
        'adobe': convert(adobe, rgb_profile(*SPACES['Adobe RGB']), 'RGB'),
        'p3': convert(p3, rgb_profile(*SPACES['Display P3']), 'RGB'),
        'linear': convert(linear, rgb_profile(SRGB, 'D65', power(1)), 'RGB'),
        'grey': convert(GREYS, grey_profile(power(1.8)), 'L'),
    }
    gamma = lambda exponent: (b'gAMA', struct.pack('>I', round(100_000 / exponent)))
    adobe_chunks = [(b'cHRM', chromaticities(ADOBE)), gamma(563 / 256)]
    p3_code = (b'cICP', bytes((12, 13, 0, 1)))
    srgb = (b'sRGB', b'\0')
    plain = convert(list(encode(*SPACES['sRGB'])), None, 'RGB')
    for depth in (8, 16):
        def png(patches, *chunks, icc=None):
            return files.png(patches, depth, icc, chunks)
        charts.add('PNG', depth, 'gAMA and cHRM of Adobe RGB', png(adobe, *adobe_chunks), right['adobe'])
        charts.add('PNG', depth, 'cICP of Display P3', png(p3, p3_code), right['p3'])
        charts.add('PNG', depth, 'cICP before iCCP', png(p3, p3_code, icc=rgb_profile(*SPACES['ProPhoto'])), right['p3'])
        charts.add('PNG', depth, 'iCCP before gAMA', png(p3, gamma(1.8), icc=rgb_profile(*SPACES['Display P3'])), right['p3'])
        charts.add('PNG', depth, 'sRGB before gAMA', png(list(encode(*SPACES['sRGB'])), srgb, gamma(1)), plain)
        charts.add('PNG', depth, 'gAMA of sRGB', png(list(encode(*SPACES['sRGB'])), (b'gAMA', struct.pack('>I', 45455))), plain)
        charts.add('PNG', depth, 'gAMA 1.8, grey', png(GREYS, gamma(1.8)), right['grey'])
    charts.add('PNG', 16, 'gAMA 1.0', files.png(linear, 16, None, [gamma(1)]), right['linear'])
    charts.add('JPEG', 8, 'Adobe RGB in EXIF', files.by_pillow('JPEG', adobe, None, exif=dcf()), right['adobe'])
    nclx = files.by_pillow('AVIF', p3)
    at = nclx.index(b'colrnclx') + 8
    charts.add('AVIF', 8, 'nclx of Display P3', nclx[:at] + struct.pack('>HH', 12, 13) + nclx[at + 4 :], right['p3'])


def make(folder):
    charts = Charts(folder)
    for kinds in (embedded, greys, cmyk, signalled):
        kinds(charts)
    (folder / 'charts.json').write_text(json.dumps(charts.listed))


def judge(folder):
    results = []
    for chart in json.loads((folder / 'charts.json').read_text()):
        with Image.open(folder / f"{chart['name']}.out.png") as output:
            # What a viewer would apply on top.
            extra = [key for key in ('icc_profile', 'gamma', 'chromaticity') if key in output.info]
            assert not extra, f"{chart['name']} carries {extra}"
            image = output.convert('RGB')
        side, columns = files.SIDE, files.COLUMNS
        middles = [
            image.getpixel((index % columns * side + side // 2, index // columns * side + side // 2))
            for index in range(len(chart['reference']))
        ]
        off = [delta_e(one, other) for one, other in zip(middles, chart['reference'])]
        results.append({'name': chart['name'], 'mean': sum(off) / len(off), 'worst': max(off)})
    print(json.dumps(results))


if __name__ == '__main__':
    {'make': make, 'judge': judge}[sys.argv[1]](Path(sys.argv[2]))
