"""Models by name, and how they are configured."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from yc_runs import ConfigurationError, GPTModel, GPTModelConfig, Models


@pytest.mark.parametrize(
    ("name", "version", "uri"),
    [
        ("yandexgpt", "latest", "gpt://folder-01/yandexgpt/latest"),
        ("yandexgpt-lite", "rc", "gpt://folder-01/yandexgpt-lite/rc"),
        ("gpt://other/model", "rc", "gpt://other/model"),
        ("ds://tuned", "latest", "ds://tuned"),
    ],
)
def test_a_name_becomes_a_uri(name: str, version: str, uri: str) -> None:
    assert Models("folder-01").completions(name, model_version=version) == GPTModel(uri, GPTModelConfig(None, None))


class Name(str, Enum):
    LITE = "yandexgpt-lite"
    RC = "rc"


def test_a_name_may_be_a_member_of_an_enum_of_texts() -> None:
    model = Models("folder-01").completions(Name.LITE, model_version=Name.RC)
    assert model == GPTModel("gpt://folder-01/yandexgpt-lite/rc")


@pytest.mark.parametrize("config", [5, None, {"temperature": 1}, GPTModelConfig])
def test_a_configuration_is_no_dict_and_no_number(config: Any) -> None:
    with pytest.raises(TypeError, match="config must be a GPTModelConfig"):
        GPTModel("gpt://a/b/c", config)


def test_configure_gives_a_new_model_and_changes_only_what_was_given() -> None:
    plain = GPTModel("gpt://a/b/c")
    warm = plain.configure(temperature=1, max_tokens=5)
    assert plain.config == GPTModelConfig()
    assert warm.config == GPTModelConfig(temperature=1.0, max_tokens=5)
    assert warm.configure(max_tokens=None).config == GPTModelConfig(temperature=1.0)
    assert warm.configure(temperature=None).config == GPTModelConfig(max_tokens=5)
    assert warm.configure() == warm
    assert warm.uri == plain.uri


@pytest.mark.parametrize(
    ("error", "arguments"),
    [(TypeError, {"temperature": "1"}), (ValueError, {"temperature": float("inf")}), (TypeError, {"max_tokens": 1.0})],
)
def test_a_configuration_is_checked(error: type[Exception], arguments: dict[str, Any]) -> None:
    with pytest.raises(error):
        GPTModel("gpt://a/b/c").configure(**arguments)


@pytest.mark.parametrize(("error", "name"), [(TypeError, None), (TypeError, 7), (ValueError, "")])
def test_what_is_no_name_is_refused(error: type[Exception], name: Any) -> None:
    with pytest.raises(error, match="model"):
        Models("folder-01").completions(name)


def test_a_short_name_needs_a_folder() -> None:
    assert Models(None).completions("gpt://a/b/c").uri == "gpt://a/b/c"
    with pytest.raises(ConfigurationError, match="no folder"):
        Models(None).completions("yandexgpt")
