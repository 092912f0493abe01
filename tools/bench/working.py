"""What it costs to work: calls, events, long answers, and many runs at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any

from tools.bench.processes import RIVALS, ask
from tools.bench.table import Row, at_most, ratio

STREAM = "grow-1000-4-0.001"
"""A thousand events, one a millisecond, up to 4,000 characters."""


def gets(url: str, pairs: int) -> Iterator[Row]:
    """One warm call."""
    for kind, found in ask("gets", url, pairs, 200).items():
        cpu, wall = _ratios(found)
        each = median(ours[0] for ours, _ in found) * 1e6
        note = f"wall {wall:.2f}; {each:.0f} us"
        row = at_most(f"runs.get, {kind}, CPU a call", "bare httpx + json.loads", cpu, 1.10, note)
        yield row if kind in ("sync", "async") else replace(row, goal="", is_met=None)


def events(url: str, address: str, pairs: int) -> Iterator[Row]:
    """One event of a stream."""
    found, sdk = ask("events", url, pairs, STREAM), ask("events_sdk", address, pairs, STREAM, python=RIVALS)
    cpu, _ = _ratios(found)
    ours, theirs = (median(pair[who][0] for pair in found) * 1e6 for who in (0, 1))
    yield at_most("listen, CPU an event", "httpx-sse + json.loads", cpu, 1.10, f"{ours:.0f} of {theirs:.0f} us")
    of_sdk = median(cost[0] for cost in sdk) * 1e6
    yield Row(
        "listen, CPU an event",
        "official SDK",
        f"{ours / of_sdk:.2f} ({ours:.0f} of {of_sdk:.0f} us)",
        "< 1",
        ours < of_sdk,
    )


def growing(url: str, rounds: int) -> Iterator[Row]:
    """A long answer, and one of half its length: a quarter of its bytes."""
    long, short = "grow-2000-100-0", "grow-1000-100-0"
    pairs = [(ask("growing", url, long, "plain"), ask("growing", url, short, "plain")) for _ in range(rounds)]
    cpu = ratio((one["cpu"], other["cpu"]) for one, other in pairs)
    wall = ratio((one["wall"], other["wall"]) for one, other in pairs)
    yield at_most(
        "listen, 2,000 events up to 200 kB, CPU",
        "1,000 events: 1/4 of the bytes",
        cpu,
        4.4,
        f"wall {wall:.2f}; {pairs[0][0]['cpu']:.2f} s",
    )
    traced = [ask("growing", url, run, "traced")["traced"] / 2**20 for run in (long, short)]
    rss = median(one["rss"] for one, _ in pairs) / 2**20
    # What is held is a few copies of one event: it grows with the event, not with the stream of 200 MB.
    note = f"Python objects {traced[0]:.1f} MiB at most ({traced[1]:.1f} at 1,000); process +{rss:.1f} MiB"
    yield Row("the same, memory", "itself", note, "flat: < 4 MiB", traced[0] < 4)


def waits(url: str, address: str, count: int, seconds: tuple[float, float], rounds: int) -> Iterator[Row]:
    """Many runs waited for at once."""
    ways = {"poll": url, "listen": url, "sdk": address}
    found: dict[str, list[Any]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, where in ways.items():
            python = RIVALS if way == "sdk" else sys.executable
            found[way].append(ask("waits", where, way, count, *seconds, python=python))
    sdk = found["sdk"]
    for way, label in (("poll", ""), ("listen", ', via="listen"')):
        what = f"{count:,} waits{label}"
        cpu = ratio((one["cpu"], other["cpu"]) for one, other in zip(found[way], sdk, strict=True))
        wall = median(one["wall"] for one in found[way])
        spent = f"{median(one['cpu'] for one in found[way]):.1f} of {median(one['cpu'] for one in sdk):.1f} s CPU"
        spent += f" in {wall:.1f} s"
        late = median(one["late"] for one in found[way])
        yield at_most(f"{what}, CPU", "official SDK's wait", cpu, 0.5, spent)
        yield Row(
            f"{what}, mean lateness",
            "",
            f"{late:.3f} s (SDK {median(one['late'] for one in sdk):.3f} s)",
            "< 0.25 s",
            late < 0.25,
        )


def listens(url: str, count: int, run: str, rounds: int) -> Iterator[Row]:
    """Many listens at once."""
    pairs = [(ask("listens", url, "ours", count, run), ask("listens", url, "bare", count, run)) for _ in range(rounds)]
    cpu = ratio((one["cpu"] / one["events"], other["cpu"] / other["events"]) for one, other in pairs)
    memory = [median(pair[who]["memory"] for pair in pairs) / 1024 for who in (0, 1)]
    yield at_most(f"{count} listens at once, CPU", "bare httpx", cpu, 1.2, f"{pairs[0][0]['cpu']:.1f} s")
    yield Row("the same, memory a listen", "bare httpx", f"{memory[0]:.0f} KiB of {memory[1]:.0f} KiB")


def _ratios(found: list[Any]) -> tuple[float, float]:
    return ratio((ours[0], bare[0]) for ours, bare in found), ratio((ours[1], bare[1]) for ours, bare in found)
