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

YES_OR_NO = re.compile(r"[\t\n\r ]*(true|1|on|yes|false|0|off|no)?[\t\n\r ]*", re.IGNORECASE)


OUTPUT = r"(jpe?g|webp|avif|png):(100|[1-9][0-9]?)(:[1-9][0-9]{0,4})?"
OUTPUT_LIST = re.compile(rf"\s*{OUTPUT}(\s*,\s*{OUTPUT}){{0,4}}\s*", re.IGNORECASE)


def is_name(value):
    return isinstance(value, str) and len(value) <= 500


def is_name_list(value):
    return is_name(value) or (isinstance(value, list) and len(value) <= 100 and all(map(is_name, value)))


def is_yes_or_no(value):
    return YES_OR_NO.fullmatch(str(value)) is not None


def is_link(value):
    return isinstance(value, str) and value.startswith("http")


COLUMNS = {"imageColumns": is_name_list, "nameColumn": is_name, "serialColumn": is_name}
JPEG_ONLY = {"mozjpeg": is_yes_or_no, "progressive": is_yes_or_no}
LINK = {"fileUrl": is_link}
OUTPUTS = {"outputs": lambda value: OUTPUT_LIST.fullmatch(str(value)) is not None}
FIRST_OUTPUT = {
    "format": lambda value: re.fullmatch(r"\s*(jpe?g|webp|avif|png)\s*", str(value), re.IGNORECASE) is not None,
    "quality": lambda value: re.fullmatch(r"\s*(100|[1-9][0-9]?)\s*", str(value)) is not None,
}


def drop(fields, rules):
    """Removes valid values; invalid ones stay, as the service has to reject them."""
    found = [name for name, is_valid in rules.items() if name in fields and is_valid(fields[name])]
    for name in found:
        del fields[name]
    return found


def drop_unfit(case):
    """Valid fields that do not fit this CSV: names of other columns, a link, options of JPEG next to another format, outputs next to a format."""
    if isinstance(case.query, dict):
        drop(case.query, {**COLUMNS, **JPEG_ONLY, **LINK, **OUTPUTS})
    if isinstance(case.body, dict):
        # The schema of a body forbids both together, but knows nothing of the query.
        if isinstance(case.query, dict) and OUTPUTS["outputs"](case.body.get("outputs", "")):
            drop(case.query, FIRST_OUTPUT)
        drop(case.body, COLUMNS)
        if drop(case.body, LINK):
            case.body.setdefault("file", "Product Name,Image URL\r\nMug,http://127.0.0.1:9/a.jpg\r\n")


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that was taken before, with another file, is refused with good reason: valid ones are sent once each."""
    drop_unfit(case)
    # A body with the bytes of a file would count as invalid because it was changed here.
    case._sync_validated_hashes()
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = f"key {next(NUMBERS)}"
