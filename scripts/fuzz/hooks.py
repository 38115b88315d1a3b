"""What schemathesis cannot know from the OpenAPI document alone.

All addresses are in the loopback range, which the fuzzed service refuses to call, so it makes no outgoing requests.
"""

import itertools
import re

import schemathesis
from hypothesis import strategies as st

ADDRESSES = st.sampled_from(
    ["http://127.0.0.1:9/a.jpg", "https://127.0.0.1:9/b,c.png?w=1", "http://127.0.0.1:9/ü.webp"]
)
CELLS = st.text(st.characters(exclude_characters='"\r\n\0', exclude_categories=["Cs"]), max_size=20)


@st.composite
def product_csv(draw):
    """A CSV that the service takes: its contents are no matter of a JSON schema."""
    rows = draw(st.lists(st.tuples(CELLS, CELLS, st.lists(ADDRESSES, min_size=1, max_size=3)), min_size=1, max_size=5))
    lines = ["S. No.,Product Name,Input Image Urls"]
    lines += [f'"{number}","{name}","{",".join(urls)}"' for number, name, urls in rows]
    return "\r\n".join(lines).encode()


schemathesis.openapi.media_type("text/csv", product_csv())
schemathesis.openapi.media_type("application/octet-stream", product_csv())
schemathesis.openapi.format("uri", st.sampled_from(["http://127.0.0.1:9/hook", "https://127.0.0.1:9/hooks/images"]))

KEY = re.compile(r'[!#-~][ -~]{0,254}|"(?:[ !#-\[\]-~]|\\["\\]){1,255}"')
NUMBERS = itertools.count()

COLUMNS = ("imageColumns", "nameColumn", "serialColumn")
JPEG_ONLY = ("mozjpeg", "progressive")


def drop(fields, names, most=500):
    """Removes valid values; invalid ones stay, as the service has to reject them."""
    for name in names:
        values = fields.get(name)
        values = values if isinstance(values, list) else [values]
        if name in fields and len(values) <= 100 and all(len(str(value)) <= most for value in values):
            del fields[name]


def drop_unfit(case):
    """Valid fields that do not fit this CSV: names of other columns, a link, options of JPEG next to another format."""
    if isinstance(case.query, dict):
        drop(case.query, COLUMNS)
        drop(case.query, JPEG_ONLY, 5)
        if str(case.query.get("fileUrl", "")).startswith("http"):
            del case.query["fileUrl"]
    if isinstance(case.body, dict):
        drop(case.body, COLUMNS)
        if str(case.body.get("fileUrl", "")).startswith("http"):
            del case.body["fileUrl"]
            case.body.setdefault("file", "Product Name,Image URL\r\nMug,http://127.0.0.1:9/a.jpg\r\n")


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that was taken before, with another file, is refused with good reason: valid ones are sent once each."""
    drop_unfit(case)
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"key {next(NUMBERS)}"
