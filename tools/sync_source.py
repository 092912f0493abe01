"""Turn the source of one asynchronous module into that of its synchronous twin.

``unasync`` does the tokens (``async`` and ``await`` go, names change by ``sync_rules``). What it cannot know is done
before it, on the source:

- Comments steer. The lines from ``# async-only`` to ``# end async-only`` have no synchronous twin and are left out; so
  is a single line that ends in ``# async-only``. A comment line ``# sync: code`` becomes ``code``.
- Types that wrap an asynchronous value unwrap: ``Awaitable[X]`` and ``Coroutine[A, B, X]`` become ``X``, and
  ``AsyncGenerator[X, Y]`` becomes ``Generator[X, Y, None]``.
- The ``anyio`` test marker goes: the twin is an ordinary test.
- Names and code samples in docstrings, other strings and comments are made synchronous too.

What would come out wrong is refused with a ``SourceError``, before (f-strings, whose inside is not tokens before
Python 3.12) or after (anything asynchronous that is left).
"""

from __future__ import annotations

import ast
import keyword
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import unasync
from tokenize_rt import Token, src_to_tokens, tokens_to_src

from tools.sync_rules import sync_name, sync_text

ASYNC_LIBRARIES = frozenset({"anyio", "asyncio", "sniffio", "trio"})
ASYNC_NAMES = frozenset({"__await__", "Awaitable", "Coroutine", *ASYNC_LIBRARIES})

_TEXT_TOKENS = frozenset({"COMMENT", "STRING", "FSTRING_MIDDLE"})
_BLANK_TOKENS = frozenset({"COMMENT", "NL", "UNIMPORTANT_WS", "ESCAPED_NL"})
_ANYIO_LINE = re.compile(r"^[ \t]*(?:@|pytestmark = )pytest\.mark\.anyio[ \t]*\n", re.MULTILINE)
_ANYIO_ITEM = re.compile(r"\bpytest\.mark\.anyio, |, pytest\.mark\.anyio\b")


class SourceError(Exception):
    """A module that cannot be made synchronous as it stands; the message names the file and line."""

    @classmethod
    def at(cls, path: str, line: int, problem: str) -> SourceError:
        """Return the error for a problem at a place in a file."""
        return cls(f"{path}:{line}: {problem}")


def to_sync(source: str, path: str) -> str:
    """Return the synchronous twin of ``source``, not yet formatted; ``path`` serves messages only."""
    _refuse_fstrings(source, path)
    source = _steer(source, path)
    source = _ANYIO_ITEM.sub("", _ANYIO_LINE.sub("", source))
    tokens = _bare(_unwrap(src_to_tokens(source)))
    return _unasync([_sync_text_token(token) for token in tokens])


def refuse_leftovers(source: str, path: str) -> None:
    """Raise ``SourceError`` when a generated module still holds something asynchronous."""
    for node, line in _walk(source, path):
        if problem := _leftover(node):
            raise SourceError.at(path, line, f"{problem} is left in the generated code; mark it `# async-only`")


def _steer(source: str, path: str) -> str:
    lines = source.split("\n")
    comments = {token.line: token.src for token in src_to_tokens(source) if token.name == "COMMENT"}
    kept: list[str] = []
    opened = 0
    for number, line in enumerate(lines, start=1):
        comment = comments.get(number, "")
        alone = line.strip() == comment
        if alone and comment == "# end async-only":
            if not opened:
                raise SourceError.at(path, number, "`# end async-only` without its beginning")
            opened = 0
        elif alone and comment == "# async-only":
            if opened:
                raise SourceError.at(path, number, f"`# async-only` inside the one of line {opened}")
            opened = number
        elif not opened and not comment.endswith("# async-only"):
            kept.append(line.replace("# sync: ", "", 1) if alone and comment.startswith("# sync: ") else line)
    if opened:
        raise SourceError.at(path, opened, "`# async-only` without `# end async-only`")
    return "\n".join(kept)


def _unwrap(tokens: list[Token]) -> list[Token]:
    """Rewrite the types that wrap an asynchronous value, the last first, so that inner ones are done before outer."""
    for index in reversed(range(len(tokens))):
        if tokens[index].src in ("Awaitable", "Coroutine", "AsyncGenerator") and tokens[index + 1].src == "[":
            end = _closing(tokens, index + 1)
            arguments = _arguments(tokens[index + 2 : end])
            tokens[index : end + 1] = _unwrapped(tokens[index], arguments)
    return tokens


def _unwrapped(name: Token, arguments: list[list[Token]]) -> list[Token]:
    if name.src != "AsyncGenerator":
        return arguments[-1]
    yielded, sent = arguments[0], arguments[1] if len(arguments) > 1 else [Token("NAME", "None")]
    comma = [Token("OP", ","), Token("UNIMPORTANT_WS", " ")]
    return [
        Token("NAME", "Generator"),
        Token("OP", "["),
        *(*yielded, *comma, *sent, *comma),
        Token("NAME", "None"),
        Token("OP", "]"),
    ]


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].src in ("[", "(", "{")) - (tokens[index].src in ("]", ")", "}"))
        if depth == 0:
            return index
    raise AssertionError("brackets are balanced in a source that parses")


def _arguments(tokens: list[Token]) -> list[list[Token]]:
    """Split the inside of brackets at its own commas; blanks around an argument, and comments, are dropped."""
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.src in ("[", "(", "{")) - (token.src in ("]", ")", "}"))
        if token.src == "," and depth == 0:
            arguments.append([])
        elif token.name not in _BLANK_TOKENS or (arguments[-1] and token.name == "UNIMPORTANT_WS"):
            arguments[-1].append(token)
    return [argument for argument in arguments if argument]


def _bare(tokens: list[Token]) -> list[Token]:
    """Drop the parentheses that only ``await`` needed: ``(await f()).x`` is to become ``f().x``."""
    for index in reversed(range(len(tokens) - 1)):
        if tokens[index].src == "(" and tokens[index + 1].src == "await" and not _is_call(tokens[:index]):
            end = _closing(tokens, index)
            if _is_primary(tokens[index + 3 : end]):
                tokens[index : end + 1] = tokens[index + 3 : end]
    return tokens


def _is_call(before: list[Token]) -> bool:
    name = before[-1] if before else Token("OP", "")
    return name.src in (")", "]") or (name.name == "NAME" and not keyword.iskeyword(name.src))


def _is_primary(tokens: list[Token]) -> bool:
    """Tell whether the tokens are a name with any attributes, calls and subscripts, and nothing else."""
    depth = 0
    for token in tokens:
        depth -= token.src in ("]", ")", "}")
        if depth == 0 and token.name != "NAME" and token.src not in (".", "]", ")", "}", "[", "(", "{"):
            return False
        depth += token.src in ("[", "(", "{")
    return True


def _sync_text_token(token: Token) -> Token:
    return token._replace(src=sync_text(token.src)) if token.name in _TEXT_TOKENS else token


def _unasync(tokens: list[Token]) -> str:
    """Run ``unasync``, which works on files only, with our name for every name there is."""
    names = {token.src: sync_name(token.src) for token in tokens if token.name == "NAME"}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "_async", "module.py")
        source.parent.mkdir()
        source.write_text(tokens_to_src(tokens), encoding="utf-8", newline="\n")
        rule = unasync.Rule(f"{folder}/_async/", f"{folder}/_sync/", additional_replacements=names)
        unasync.unasync_files([str(source)], [rule])
        return Path(folder, "_sync", "module.py").read_text(encoding="utf-8")


def _refuse_fstrings(source: str, path: str) -> None:
    for node, line in _walk(source, path):
        if isinstance(node, ast.JoinedStr):
            for inner in ast.walk(node):
                name = getattr(inner, "attr", None) or getattr(inner, "id", None) or ""
                if isinstance(inner, ast.Await) or sync_name(name) != name:
                    raise SourceError.at(path, line, f"move {name or 'the await'} out of the f-string")


def _leftover(node: ast.AST) -> str:
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.AsyncFunctionDef):
        return type(node).__name__
    if isinstance(node, ast.comprehension) and node.is_async:
        return "an asynchronous comprehension"
    if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ASYNC_LIBRARIES:
        return f"an import of {node.module}"
    names = {getattr(node, field, None) for field in ("id", "attr", "name")}
    return ", ".join(sorted(name for name in names if isinstance(name, str) and name.partition(".")[0] in ASYNC_NAMES))


def _walk(source: str, path: str) -> Iterator[tuple[ast.AST, int]]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise SourceError.at(path, error.lineno or 0, f"not valid Python: {error.msg}") from error
    for node in ast.walk(tree):
        yield node, getattr(node, "lineno", 0)
