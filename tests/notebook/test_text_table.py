"""Tables in a terminal: one line per row where they fit, and what a narrow one does with names and sentences."""

from __future__ import annotations

from pfconn_jupyter.notebook.text_table import laid_out

HINT = "Copy KEY 1 or KEY 2 again from the page Keys and Endpoint of the resource"
TITLES = ("name", "type", "status", "detail", "hint", "http")
ROWS = [
    ("safety_old_version", "azure_content_safety", "denied", "the service does not accept this key", HINT, "401"),
    ("fine", "openai", "ok", "key accepted", "", "200"),
]


def lines(width: int) -> list[str]:
    return laid_out(TITLES, ROWS, width).splitlines()


def test_with_any_width_a_row_is_a_line():
    assert len(lines(0)) == 3
    assert HINT in lines(0)[1]


def test_a_cell_has_several_lines_while_each_is_readable():
    found = lines(150)
    assert len(found) > 3
    assert max(map(len, found)) <= 150
    assert "hint" in found[0]


def test_where_a_sentence_has_no_room_it_stands_below_its_row():
    found = lines(90)
    assert max(map(len, found)) <= 90
    assert found[0].split() == ["name", "type", "status", "http"]
    assert found[1].split() == ["safety_old_version", "azure_content_safety", "denied", "401"]
    assert found[2] == "    detail: the service does not accept this key"
    assert found[3] == f"    hint: {HINT}"
    # Nothing is said of what is empty.
    assert found[4:] == [
        f"{'fine':<18}  {'openai':<20}  ok      200",
        "    detail: key accepted",
    ]


def test_names_stay_whole_while_anything_else_can_give():
    (_, first, *_) = laid_out(
        ("name", "value"), [("document_intelligence_two", "key value key value key")], 40
    ).splitlines()
    assert first == "document_intelligence_two  key value key"


def test_a_table_of_sentences_only_stays_a_table():
    found = laid_out(("one", "two"), [(HINT, HINT)], 40).splitlines()
    assert found[0].split() == ["one", "two"]
    assert max(map(len, found)) <= 40
