# Generated from tests/_async/test_assistants.py by tools/generate_sync.py; do not edit.
"""Assistants: what is sent for each call, what the object then says, and what a deleted one refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.answers import ok
from tests.support.clients import Script, gateway_client, make_client
from tests.support.replay_resources import FIXTURES, Replay
from yc_runs import (
    Assistant,
    AutoPromptTruncationStrategy,
    ConfigurationError,
    ExpirationPolicy,
    FunctionTool,
    GPTModel,
    GPTModelConfig,
    LastMessagesPromptTruncationStrategy,
    NotFoundError,
    ReadOnlyAssistant,
    Run,
    RunStatus,
)
from yc_runs.testing import LocalGateway

ASSISTANT = {"id": "assistant-01", "folderId": "folder-01", "modelUri": "gpt://folder-01/yandexgpt/latest"}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}
WEATHER = FunctionTool(
    name="weather",
    description="Weather of a city.",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}},
)


def an_assistant(script: Script) -> Assistant:
    return make_client(script).assistants.get("assistant-01")


def updated(**changes: Any) -> dict[str, Any]:
    """The body of the request that an update with these changes sends."""
    script = Script(ok(ASSISTANT), ok(ASSISTANT))
    with make_client(script, folder_id="folder-01") as client:
        assistant = client.assistants.get("assistant-01")
        assistant.update(**changes)
    body: dict[str, Any] = json.loads(script.requests[1].content)
    return body


def test_an_assistant_lives_from_create_to_delete() -> None:
    replay = Replay(FIXTURES / "assistants.json")
    client = make_client(replay, folder_id="folder-01")
    plain = client.assistants.create("yandexgpt")
    assert plain.model == client.models.completions("yandexgpt")
    assert plain.prompt_truncation_options.strategy == AutoPromptTruncationStrategy()
    assert (plain.name, plain.instruction, plain.response_format, plain.max_prompt_tokens) == (None, None, None, None)

    helper = client.assistants.create(
        client.models.completions("yandexgpt-lite", model_version="rc").configure(temperature=1, max_tokens=500),
        temperature=0,
        max_prompt_tokens=4000,
        prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=10),
        name="helper",
        description="helps",
        labels={"team": "a"},
        ttl_days=3,
        expiration_policy="since_last_active",
        instruction="Be brief.",
        tools=[WEATHER],
        response_format={"json_schema": SCHEMA},
    )
    assert helper.model.config == GPTModelConfig(temperature=0, max_tokens=500)
    assert helper.prompt_truncation_options.strategy == LastMessagesPromptTruncationStrategy(num_messages=10)
    assert (helper.max_prompt_tokens, helper.instruction) == (4000, "Be brief.")
    assert (helper.tools, helper.response_format) == ((WEATHER,), {"json_schema": SCHEMA})
    assert helper.expiration_config.expiration_policy is ExpirationPolicy.SINCE_LAST_ACTIVE

    same = helper.update(
        model=GPTModel("gpt://other/model/deprecated").configure(temperature=0.7),
        prompt_truncation_strategy="auto",
        labels={"team": "b"},
        instruction=None,
        response_format="json",
    )
    assert same is helper
    assert helper.model == GPTModel("gpt://other/model/deprecated", GPTModelConfig(0.7, 500))
    assert (helper.instruction, helper.response_format, helper.labels) == (None, "json", {"team": "b"})

    helper.update(
        temperature=None,
        max_tokens=None,
        max_prompt_tokens=None,
        prompt_truncation_strategy=None,
        name=None,
        description=None,
        labels=None,
        ttl_days=None,
        expiration_policy=None,
        instruction=None,
        tools=None,
        response_format=None,
    )
    assert (helper.name, helper.description, helper.labels, helper.tools) == (None, None, None, ())
    assert helper.model.config == GPTModelConfig()
    assert client.assistants.get("assistant-02") == helper

    assert [found.id for found in client.assistants.list(page_size=1)] == ["assistant-02", "assistant-01"]
    versions = [version for version in helper.list_versions(page_size=2)]
    assert [version.id for version in versions] == ["version-02", "version-01"]
    assert [version.update_mask for version in versions] == [("instruction", "expiration_config.ttl_days"), ()]
    assert isinstance(versions[0].assistant, ReadOnlyAssistant)
    assert (versions[0].assistant.instruction, versions[1].assistant.instruction) == ("Be kind.", None)

    run = helper.run(
        "thread-01",
        custom_temperature=0,
        custom_max_tokens=50,
        custom_max_prompt_tokens=100,
        custom_prompt_truncation_strategy="auto",
        custom_response_format="json",
    )
    assert isinstance(run, Run)
    assert helper.run_stream("thread-01").id == "run-02"
    helper.delete()
    assert replay.is_done


def test_a_model_is_a_name_a_uri_or_a_reference() -> None:
    client = make_client(Script(ok(ASSISTANT)), folder_id="folder-01")
    reference = client.models.completions("yandexgpt")
    assert reference.uri == "gpt://folder-01/yandexgpt/latest"
    for model, uri in {
        "yandexgpt": reference.uri,
        "ds://tuned/model": "ds://tuned/model",
        reference.configure(max_tokens=1): reference.uri,
    }.items():
        script = Script(ok(ASSISTANT))
        make_client(script, folder_id="folder-01").assistants.create(model)
        assert script.body["modelUri"] == uri


@pytest.mark.parametrize(
    ("changes", "mask", "members"),
    [
        ({"name": "x"}, "name", {"name": "x"}),
        ({"ttl_days": 3}, "expirationConfig.ttlDays", {"expirationConfig": {"ttlDays": "3"}}),
        (
            {"expiration_policy": 1},
            "expirationConfig.expirationPolicy",
            {"expirationConfig": {"expirationPolicy": "STATIC"}},
        ),
        ({"temperature": 0}, "completionOptions.temperature", {"completionOptions": {"temperature": 0.0}}),
        ({"max_tokens": None}, "completionOptions.maxTokens", {}),
        (
            {"max_prompt_tokens": 9},
            "promptTruncationOptions.maxPromptTokens",
            {"promptTruncationOptions": {"maxPromptTokens": "9"}},
        ),
        ({"model": "other"}, "modelUri", {"modelUri": "gpt://folder-01/other/latest"}),
        ({"tools": []}, "tools", {}),
        ({"name": ""}, "name", {}),
        (
            {"model": GPTModel("gpt://a/b/c", GPTModelConfig(0.5, 7)), "temperature": None},
            "modelUri,completionOptions.temperature,completionOptions.maxTokens",
            {"modelUri": "gpt://a/b/c", "completionOptions": {"maxTokens": "7"}},
        ),
    ],
)
def test_an_update_sends_what_was_given_and_names_it(
    changes: dict[str, Any], mask: str, members: dict[str, Any]
) -> None:
    assert updated(**changes) == {"promptTruncationOptions": {}, **members, "updateMask": mask}


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (TypeError, {"model": 7}),
        (TypeError, {"model": None}),
        (ValueError, {"model": ""}),
        (TypeError, {"temperature": "hot"}),
        (ValueError, {"temperature": float("nan")}),
        (TypeError, {"max_tokens": 1.5}),
        (ValueError, {"max_prompt_tokens": -1}),
        (TypeError, {"prompt_truncation_strategy": "never"}),
        (TypeError, {"response_format": 7}),
        (TypeError, {"instruction": 7}),
        (ValueError, {"ttl_days": 3}),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(error: type[Exception], arguments: dict[str, Any]) -> None:
    script = Script()
    with pytest.raises(error):
        make_client(script).assistants.create(**{"model": "yandexgpt", **arguments})
    assert not script.requests


def test_without_a_folder_a_short_name_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_FOLDER_ID", raising=False)
    client = make_client(Script(), folder_id=None)
    assert client.models.completions("gpt://a/b/c").uri == "gpt://a/b/c"
    with pytest.raises(ConfigurationError, match="find model 'yandexgpt': no folder"):
        client.models.completions("yandexgpt")
    with pytest.raises(ConfigurationError, match="create an assistant: no folder"):
        client.assistants.create("gpt://a/b/c")
    with pytest.raises(ConfigurationError, match="list the assistants: no folder"):
        client.assistants.list()


def test_an_update_of_nothing_sends_nothing() -> None:
    script = Script(ok(ASSISTANT))
    assistant = an_assistant(script)
    assert assistant.update() is assistant
    assert len(script.requests) == 1


def test_every_method_of_a_deleted_assistant_names_it() -> None:
    script = Script(ok(ASSISTANT), ok())
    assistant = an_assistant(script)
    assistant.delete()
    with pytest.raises(ValueError, match="cannot update assistant 'assistant-01': it was deleted"):
        assistant.update(name="x")
    with pytest.raises(ValueError, match="cannot delete assistant 'assistant-01': it was deleted"):
        assistant.delete()
    with pytest.raises(ValueError, match="cannot run assistant 'assistant-01': it was deleted"):
        assistant.run("thread-01")
    with pytest.raises(ValueError, match="cannot run assistant 'assistant-01': it was deleted"):
        assistant.run_stream("thread-01")
    with pytest.raises(ValueError, match="cannot list the versions of assistant 'assistant-01': it was deleted"):
        assistant.list_versions()
    assert len(script.requests) == 2


def test_an_assistant_that_could_not_be_deleted_is_not_deleted() -> None:
    gateway = LocalGateway()
    with gateway_client(gateway) as client:
        assistant = client.assistants.create("echo")
        same = client.assistants.get(assistant.id)
        same.delete()
        with pytest.raises(NotFoundError):
            assistant.delete()
        with pytest.raises(NotFoundError):
            assistant.update(name="x")


def test_a_whole_conversation() -> None:
    gateway = LocalGateway()
    with gateway_client(gateway) as client:
        assistant = client.assistants.create("echo", instruction="Repeat.")
        thread = client.threads.create("first")
        thread.write("How are you?")
        run = assistant.run(thread)
        assert run.wait().text == "How are you?"
        thread.write("And now?")
        run = assistant.run_stream(thread.id, custom_temperature=0)
        events = [event for event in run]
        assert (events[-1].text, run.get_status()) == ("And now?", RunStatus.COMPLETED)
        assert [message.text for message in thread.read()] == [
            *("And now?", "And now?", "How are you?", "How are you?", "first")
        ]
        thread.delete()
        assistant.delete()
        with pytest.raises(NotFoundError):
            client.threads.get(thread.id)
