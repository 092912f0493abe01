"""Structured answers from the request to the object, against a gateway in this process."""

from __future__ import annotations

import dataclasses
from typing import Any

import pydantic
import pytest
from pydantic import BaseModel

from tests.support.clients import async_gateway_client
from yc_runs import ParseError
from yc_runs.testing import Final, LocalGateway

pytestmark = pytest.mark.anyio


class City(BaseModel):
    name: str
    people: int


@pydantic.dataclasses.dataclass
class Place:
    name: str


@dataclasses.dataclass
class Plain:
    name: str


@pytest.mark.parametrize("kind", [City, Place, Plain], ids=lambda kind: kind.__name__)
async def test_a_type_is_both_the_format_to_ask_for_and_the_object_to_get(kind: Any) -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("structured", gateway.add_thread("hi"), custom_response_format=kind)
        assert run.custom_response_format["json_schema"]["title"] == kind.__name__
        assert isinstance((await run.wait()).parse(kind), kind)


async def test_an_answer_cut_at_the_limit_is_plain_to_see() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        assistant = gateway.add_assistant(lambda m, t: Final('{"name": "Om', status="TRUNCATED"))
        result = await (await client.runs.create(assistant, gateway.add_thread("hi"))).wait()
        assert result.is_truncated
        with pytest.raises(ParseError, match="TRUNCATED"):
            result.parse(City)
