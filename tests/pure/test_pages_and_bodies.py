"""Following page tokens, and the small parts that requests are made of."""

from __future__ import annotations

import pytest

from yc_runs.wire import Page, Paging
from yc_runs.wire._request import dump, target


def test_tokens_are_followed_to_the_empty_one() -> None:
    paging = Paging()
    assert (paging.token, paging.is_over) == ("", False)
    assert paging.turn(Page([1, 2], "a")) == [1, 2]
    assert (paging.token, paging.is_over) == ("a", False)
    assert paging.turn(Page([3], "")) == [3]
    assert paging.is_over


def test_an_empty_page_ends_the_list_whatever_its_token() -> None:
    paging = Paging()
    assert paging.turn(Page([], "more")) == []
    assert paging.is_over


@pytest.mark.parametrize("tokens", [("a", "a"), ("a", "b", "a")])
def test_a_token_that_repeats_is_refused(tokens: tuple[str, ...]) -> None:
    paging = Paging()
    for token in tokens[:-1]:
        paging.turn(Page([1], token))
        paging.check()
    assert paging.turn(Page([1], tokens[-1])) == [1]
    with pytest.raises(ValueError, match="'a' came twice"):
        paging.check()


@pytest.mark.parametrize("token", ["x" * 4097, "a\nb", "\0"])
def test_a_token_that_cannot_be_sent_back_is_refused_after_its_items(token: str) -> None:
    paging = Paging()
    assert paging.turn(Page([1], token)) == [1]
    with pytest.raises(ValueError, match="cannot be sent back"):
        paging.check()


def test_an_empty_page_may_repeat_a_token() -> None:
    paging = Paging()
    paging.turn(Page([1], "a"))
    assert paging.turn(Page([], "a")) == []
    assert paging.is_over


def test_a_target_has_only_the_arguments_that_are_set() -> None:
    assert target("/p", {"a": None, "b": ""}) == "/p"
    assert target("/p", {"a": 0, "b": "x y", "c": None}) == "/p?a=0&b=x%20y"


def test_a_body_has_only_the_members_that_are_set() -> None:
    assert dump({"a": None, "b": 0, "c": {"d": None}, "e": "ё"}) == '{"b":0,"c":{"d":null},"e":"ё"}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\udfff"])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        dump({"a": value})
