"""Writes colour profiles for the charts (ICC.1:2022), independently of src/images: plain formulas, version 2 of the format."""

import struct

WHITES = {'D50': (0.3457, 0.3585), 'D65': (0.3127, 0.3290)}
D50_XYZ = (0.9642, 1.0, 0.8249)
BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def multiply(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def apply(matrix, vector):
    return [sum(row[k] * vector[k] for k in range(3)) for row in matrix]


def inverse(m):
    minor = lambda i, j: m[(i + 1) % 3][(j + 1) % 3] * m[(i + 2) % 3][(j + 2) % 3] - m[(i + 1) % 3][(j + 2) % 3] * m[(i + 2) % 3][(j + 1) % 3]
    whole = sum(m[0][j] * minor(0, j) for j in range(3))
    return [[minor(j, i) / whole for j in range(3)] for i in range(3)]


def diagonal(values):
    return [[values[i] if i == j else 0 for j in range(3)] for i in range(3)]


def xyz(point):
    x, y = point
    return [x / y, 1, (1 - x - y) / y]


def to_d50(primaries, white):
    """The matrix from linear RGB to XYZ under D50."""
    columns = [list(row) for row in zip(*[xyz(point) for point in primaries])]
    scaled = multiply(columns, diagonal(apply(inverse(columns), xyz(WHITES[white]))))
    gains = [to / of for to, of in zip(apply(BRADFORD, D50_XYZ), apply(BRADFORD, xyz(WHITES[white])))]
    return multiply(multiply(multiply(inverse(BRADFORD), diagonal(gains)), BRADFORD), scaled)


def fixed(*values):
    return b''.join(struct.pack('>i', round(value * 65536)) for value in values)


def curve(function, points=4096):
    """A table of a transfer function, from 0–1 to 0–1."""
    values = [round(65535 * function(i / (points - 1))) for i in range(points)]
    return b'curv\0\0\0\0' + struct.pack(f'>I{points}H', points, *values)


def text(value):
    raw = value.encode() + b'\0'
    return b'desc\0\0\0\0' + struct.pack('>I', len(raw)) + raw + bytes(78)


def profile(kind, space, connection, tags):
    tags = {'desc': text('chart'), 'cprt': b'text\0\0\0\0none\0', 'wtpt': b'XYZ \0\0\0\0' + fixed(*D50_XYZ), **tags}
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack('>I', len(tags)), b''
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name.encode() + struct.pack('>II', at + len(body), len(data))
        body += data
    head = bytearray(128)
    struct.pack_into('>I4xI', head, 0, at + len(body), 0x02400000)
    head[12:24] = (kind + space + connection).encode()
    head[36:40] = b'acsp'
    head[68:80] = fixed(*D50_XYZ)
    return bytes(head) + table + body


def rgb_profile(primaries, white, function):
    columns = list(zip(*to_d50(primaries, white)))
    tags = {name: b'XYZ \0\0\0\0' + fixed(*column) for name, column in zip(('rXYZ', 'gXYZ', 'bXYZ'), columns)}
    return profile('mntr', 'RGB ', 'XYZ ', {**tags, **dict.fromkeys(('rTRC', 'gTRC', 'bTRC'), curve(function))})


def grey_profile(function):
    return profile('mntr', 'GRAY', 'XYZ ', {'kTRC': curve(function)})


def cmyk_profile(points=7):
    """A printer whose inks multiply (lut16Type, Lab of version 2); imagined, but smooth and dark where real ones are."""
    inks = ((0.05, 0.30, 0.85), (0.75, 0.05, 0.25), (0.90, 0.80, 0.03), (0.03, 0.03, 0.03))
    grid = []
    for index in range(points**4):
        amounts = [index // points ** (3 - ink) % points / (points - 1) for ink in range(4)]
        linear = [1, 1, 1]
        for amount, ink in zip(amounts, inks):
            linear = [value * (1 - amount + amount * passed) for value, passed in zip(linear, ink)]
        lightness, a, b = lab_d50(linear)
        grid += [round(lightness * 652.8), round((a + 128) * 256), round((b + 128) * 256)]
    straight = struct.pack('>2H', 0, 65535)
    table = b'mft2\0\0\0\0' + bytes((4, 3, points, 0)) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + struct.pack('>2H', 2, 2)
    table += straight * 4 + struct.pack(f'>{len(grid)}H', *[min(65535, max(0, v)) for v in grid]) + straight * 3
    return profile('prtr', 'CMYK', 'Lab ', {'A2B0': table})


def lab_d50(linear_srgb):
    values = apply(to_d50(SRGB, 'D65'), linear_srgb)
    f = [cube_root(value / white) for value, white in zip(values, D50_XYZ)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def cube_root(t):
    return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116


SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))


def srgb_curve(v):
    return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
