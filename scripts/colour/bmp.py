"""
`bmp.py make FOLDER` writes the BMPs that Pillow can write.
`bmp.py judge FOLDER` compares NAME.out.png, what the service made of each NAME.bmp, with what Pillow reads of it, and prints
`{ NAME: the largest difference of a sample }`.
"""

import json
import sys
from pathlib import Path

from PIL import Image, ImageChops


def make(folder):
    """Gradients, in a width that leaves padding in every row."""
    size = (61, 40)
    bands = [Image.linear_gradient('L').rotate(90 * turn).resize(size) for turn in range(4)]
    rgb = Image.merge('RGB', bands[:3])
    pictures = {
        'bits': bands[0].convert('1'), 'grey': bands[1], 'palette': rgb.quantize(200), 'few-colours': rgb.quantize(9),
        'rgb': rgb, 'rgba': Image.merge('RGBA', bands),
    }  # fmt: skip
    for name, image in pictures.items():
        image.save(folder / f'{name}.bmp')


def judge(folder):
    results = {}
    for path in sorted(folder.glob('*.bmp')):
        with Image.open(path) as theirs, Image.open(path.with_suffix('.out.png')) as ours:
            difference = ImageChops.difference(theirs.convert('RGBA'), ours.convert('RGBA'))
            same = theirs.size == ours.size
        results[path.stem] = max(most for _, most in difference.getextrema()) if same else 255
    print(json.dumps(results))


if __name__ == '__main__':
    {'make': make, 'judge': judge}[sys.argv[1]](Path(sys.argv[2]))
