"""How the source of a module is made synchronous, and what is refused."""

from __future__ import annotations

import pytest

from tools.sync_source import SourceError, refuse_leftovers, to_sync


@pytest.mark.parametrize(
    ("source", "twin"),
    [
        ("async def f():\n    return await g()\n", "def f():\n    return g()\n"),
        ("x = (await f(1, 2)[0]).status\n", "x = f(1, 2)[0].status\n"),
        ("return_ = not (await a.b).c\n", "return_ = not a.b.c\n"),
        ("x = g(await f())\n", "x = g(f())\n"),
        ("x = (await f() or y).z\n", "x = (f() or y).z\n"),
        ("x = (await f(), 1)\n", "x = (f(), 1)\n"),
        ("x = ((await (await f()).g()).h)\n", "x = (f().g().h)\n"),
        ("async with a as b:\n    pass\n", "with a as b:\n    pass\n"),
        ("x = [i async for i in y]\n", "x = [i for i in y]\n"),
        ("from yc_runs._async.client import AsyncClient\n", "from yc_runs._sync.client import Client\n"),
        ("async def __aenter__(self): ...\n", "def __enter__(self): ...\n"),
        ("raise StopAsyncIteration\n", "raise StopIteration\n"),
        ("f = contextlib.asynccontextmanager(g)\n", "f = contextlib.contextmanager(g)\n"),
        ('__all__ = ["AsyncRun"]\n', '__all__ = ["Run"]\n'),
        ("x: AsyncIterator[int]\n", "x: Iterator[int]\n"),
        ("x: AsyncGenerator[A[B, C], None]\n", "x: Generator[A[B, C], None, None]\n"),
        ("x: AsyncGenerator[\n    A,\n    B,\n]\n", "x: Generator[A, B, None]\n"),
        ("x: AsyncGenerator[A]\n", "x: Generator[A, None, None]\n"),
        ("x: Callable[[A], Awaitable[B[C]]]\n", "x: Callable[[A], B[C]]\n"),
        ("x: Coroutine[Any, Any, A | None]\n", "x: A | None\n"),
        ("x: Awaitable[Awaitable[AsyncGenerator[A, B]]]\n", "x: Generator[A, B, None]\n"),
        ("x = 1  # `await client.aclose()`\n", "x = 1  # `client.close()`\n"),
        ('x = f"an async client {y}"\n', 'x = f"a client {y}"\n'),
    ],
)
def test_a_construct_becomes_its_synchronous_twin(source: str, twin: str) -> None:
    assert to_sync(source, "m.py") == twin


@pytest.mark.parametrize(
    ("source", "twin"),
    [
        ("a\n# async-only\nb\n# end async-only\nc\n", "a\nc\n"),
        ("def f():\n    a\n    # async-only\n    b\n    # end async-only\n", "def f():\n    a\n"),
        ("a\nimport anyio  # async-only\nc\n", "a\nc\n"),
        ("def f():\n    # sync: return iter(x)\n    pass\n", "def f():\n    return iter(x)\n    pass\n"),
        ("# async-only\na\n# sync: b\n# end async-only\n", ""),
        ('x = """\n# async-only\n"""\n', 'x = """\n# async-only\n"""\n'),
    ],
)
def test_comments_steer_what_has_a_twin(source: str, twin: str) -> None:
    assert to_sync(source, "m.py") == twin


@pytest.mark.parametrize(
    ("source", "twin"),
    [
        ("pytestmark = pytest.mark.anyio\nx\n", "x\n"),
        ("@pytest.mark.anyio\nasync def test_x(): ...\n", "def test_x(): ...\n"),
        ("pytestmark = [pytest.mark.anyio, pytest.mark.slow]\n", "pytestmark = [pytest.mark.slow]\n"),
        ("pytestmark = [pytest.mark.slow, pytest.mark.anyio]\n", "pytestmark = [pytest.mark.slow]\n"),
    ],
)
def test_a_twin_test_has_no_anyio_marker(source: str, twin: str) -> None:
    assert to_sync(source, "m.py") == twin


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("x = 1\n# end async-only\n", "m.py:2: `# end async-only` without its beginning"),
        ("# async-only\nx\n", "m.py:1: `# async-only` without `# end async-only`"),
        ("# async-only\n# async-only\n", "m.py:2: `# async-only` inside the one of line 1"),
        ("async def f():\n    return f'{await g()}'\n", "m.py:2: move the await out of the f-string"),
        ("x\ny = f'{a.aclose}'\n", "m.py:2: move aclose out of the f-string"),
        ("x = (\n", "m.py:1: not valid Python"),
    ],
)
def test_what_cannot_be_translated_is_refused_with_its_place(source: str, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        to_sync(source, "m.py")
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\n",
        "import asyncio.locks as locks\n",
        "from anyio.abc import Event\n",
        "from collections.abc import Awaitable\n",
        "def __await__(self): ...\n",
        "async def f(): ...\n",
        "x = [i async for i in y]\n",
    ],
)
def test_generated_code_that_is_still_asynchronous_is_refused(source: str) -> None:
    with pytest.raises(SourceError, match="left in the generated code"):
        refuse_leftovers(source, "m.py")


def test_synchronous_code_is_not_refused() -> None:
    refuse_leftovers("import time\n\n\ndef f():\n    with a as b:\n        return [c for c in b]\n", "m.py")
