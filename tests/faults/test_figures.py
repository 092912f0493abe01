"""The program that counts what faults cost goes on counting."""

from __future__ import annotations

from collections import Counter

from tests.faults.figures import lost_writes


def test_the_lost_answers_to_writes_are_counted_and_none_is_lost_or_doubled() -> None:
    figures = Counter[str]()
    lost_writes(figures)
    assert figures["faults tried"] > 0
    assert (figures["writes lost"], figures["writes doubled"]) == (0, 0)
