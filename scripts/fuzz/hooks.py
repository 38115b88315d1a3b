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
schemathesis.openapi.format("csv", product_csv().map(bytes.decode))
schemathesis.openapi.format("uri", st.sampled_from(["http://127.0.0.1:9/hook", "https://127.0.0.1:9/hooks/images"]))

KEY = re.compile(r'[!#-~][ -~]{0,254}|"(?:[ !#-\[\]-~]|\\["\\]){1,255}"')
NUMBERS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that was taken before, with another file, is refused with good reason: valid ones are sent once each."""
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"key {next(NUMBERS)}"
