import pytest

from builder.json_text import parse_json
from dsl.diagnostics import Diagnostic


def code(text, **more):
    read = parse_json(text, **more)
    return read.code if isinstance(read, Diagnostic) else read


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{", "BLD101"),
        (b"\xff\xfe", "BLD101"),
        ('{"a": 1, "a": 2}', "BLD102"),
        ("NaN", "BLD103"),
        ("[Infinity]", "BLD103"),
        ("1e999", "BLD103"),
        ("9223372036854775808", "BLD103"),
        ("-" + "9" * 5000, "BLD103"),
        ("[" * 65 + "]" * 65, "BLD104"),
        ("[" * 100_000, "BLD104"),
        (r'"\ud800"', "BLD105"),
        (r'{"a": ["\u0000"]}', "BLD105"),
        (r'{"\u0000": 1}', "BLD105"),
    ],
)
def test_refused_texts(text, wanted):
    assert code(text) == wanted


def test_ordinary_text_is_read():
    assert code('\ufeff{"a": ["中", 1, 2.5, true, null, "[[["]}'.encode()) == {
        "a": ["中", 1, 2.5, True, None, "[[["]
    }


def test_the_place_of_a_bad_character_is_named():
    read = parse_json(r'{"a/b": ["", "\ud800x"]}')
    assert isinstance(read, Diagnostic)
    assert read.pointer == "/a~1b/1"


def test_many_escaped_quotes_do_not_slow_the_depth_check():
    assert code('"' + '\\"' * 400_000) == "BLD101"


def test_the_place_of_a_bad_number_is_named():
    read = parse_json('{"values": {"amount": 1e999}}')
    assert isinstance(read, Diagnostic)
    assert (read.code, read.pointer) == ("BLD103", "/values/amount")
