"""
`alpha.py make FOLDER` writes charts whose patches are partly transparent, in many formats and colour spaces, with a list of them,
`charts.json`. Their background is `#rrggbb`, `right` are their colours in sRGB, and `alphas` go from 0 to 1.
`alpha.py judge FOLDER` takes what the service made of them, `outputs.json`: `[{ "name", "chart" }]`, both names of files. It
compares each with what Pillow and LittleCMS make of its chart on the background, and prints `[{ "name", "worst", "alpha" }]`: the
largest CIEDE2000, and the largest difference in transparency (0 to 255), null for an output without any.
"""

import io
import json
import sys
from pathlib import Path

import files
from charts import GREYS, SPACES, convert, encode, power
from difference import delta_e
from icc import grey_profile, rgb_profile
from PIL import Image

BACKGROUND = (0x33, 0x66, 0xCC)
BY_PILLOW = ('WEBP', 'AVIF', 'HEIF')
# In steps of 8 bits, so that both depths hold the same.
ALPHAS = [round(255 * part) / 255 for part in (0.2, 0.4, 0.5, 0.6, 0.8)]


def clear(patches):
    """The patches, each with one of the transparencies."""
    return [(*patch, ALPHAS[index % len(ALPHAS)]) for index, patch in enumerate(patches)]


def gif():
    """Every other patch is fully transparent, the only transparency that GIF has; colours are those of the palette."""
    patches = [(*patch, index % 2) for index, patch in enumerate(encode(*SPACES['sRGB']))]
    image = Image.frombytes('RGBA', files.size(patches), b''.join(files.samples(row, 8) for row in files.rows(patches)))
    out = io.BytesIO()
    image.save(out, 'GIF')
    return patches, out.getvalue()


def charts():
    """Format, depth, colours, the file, and its colours in sRGB of 8 bits."""
    for name, space in {'untagged': SPACES['sRGB'], **SPACES}.items():
        icc = None if name == 'untagged' else rgb_profile(*space)
        patches = list(encode(*space))
        right, clear_patches = convert(patches, icc, 'RGB'), clear(patches)
        for depth in (8, 16):
            yield 'PNG', depth, name, files.png(clear_patches, depth, icc), right
            yield 'TIFF', depth, name, files.tiff(clear_patches, depth, icc), right
        for kind in BY_PILLOW:
            yield kind, 8, name, files.by_pillow(kind, clear_patches, icc, 'RGBA'), right
    for name, icc in (('grey untagged', None), ('grey gamma 1.8', grey_profile(power(1.8)))):
        for depth in (8, 16):
            yield 'PNG', depth, name, files.png(clear(GREYS), depth, icc), convert(GREYS, icc, 'L')


def make(folder):
    listed = []

    def add(kind, depth, colours, data, right, alphas):
        name = f'{len(listed)}.{kind.lower()}'
        (folder / name).write_bytes(data)
        listed.append({
            'name': name, 'format': kind, 'depth': depth, 'colours': colours,
            'background': '#%02x%02x%02x' % BACKGROUND, 'right': right, 'alphas': alphas,
        })  # fmt: skip

    for kind, depth, colours, data, right in charts():
        add(kind, depth, colours, data, right, [ALPHAS[index % len(ALPHAS)] for index in range(len(right))])
    patches, data = gif()
    add('GIF', 8, 'untagged', data, convert([patch[:3] for patch in patches], None, 'RGB'), [patch[3] for patch in patches])
    (folder / 'charts.json').write_text(json.dumps(listed))


def middles(image):
    side, columns = files.SIDE, files.COLUMNS
    for index in range(24):
        yield image.getpixel((index % columns * side + side // 2, index // columns * side + side // 2))


def on_background(image):
    return Image.alpha_composite(Image.new('RGBA', image.size, (*BACKGROUND, 255)), image).convert('RGB')


def patches_of(chart):
    """A row of the chart's colours in sRGB, with their transparency."""
    image = Image.new('RGBA', (len(chart['right']), 1))
    image.putdata([(*colour, round(255 * alpha)) for colour, alpha in zip(chart['right'], chart['alphas'])])
    return image


def judge(folder):
    known = {chart['name']: chart for chart in json.loads((folder / 'charts.json').read_text())}
    results = []
    for output in json.loads((folder / 'outputs.json').read_text()):
        chart = known[output['chart']]
        right = patches_of(chart)
        with Image.open(folder / output['name']) as opened:
            is_clear = opened.has_transparency_data
            found = opened.convert('RGBA')
        pairs = zip(middles(on_background(found)), on_background(right).getdata())
        alphas = zip(middles(found.getchannel('A')), right.getchannel('A').getdata())
        results.append({
            'name': output['name'],
            'worst': max(delta_e(one, other) for one, other in pairs),
            'alpha': max(abs(one - other) for one, other in alphas) if is_clear else None,
        })  # fmt: skip
    print(json.dumps(results))


if __name__ == '__main__':
    {'make': make, 'judge': judge}[sys.argv[1]](Path(sys.argv[2]))
