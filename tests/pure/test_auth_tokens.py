from __future__ import annotations

import os

import pytest

from yc_runs.auth._cache import PAUSE, Join, Lead, Token, TokenCache
from yc_runs.errors import CredentialsError


def token(value: str = "t1.a", *, now: float = 0.0, life: float = 36000.0) -> Token:
    return Token.issued(value, now=now, expires_at=now + life)


def lead(cache: TokenCache, now: float = 0.0, rejected: Token | None = None) -> Lead:
    claim = cache.claim(now, rejected)
    assert isinstance(claim, Lead)
    return claim


def holding(held: Token) -> TokenCache:
    cache = TokenCache()
    cache.store(lead(cache).renewal, held)
    return cache


@pytest.mark.parametrize(
    ("life", "margin"), [(43200, 4320), (3600, 360), (3000, 300), (1200, 300), (600, 300), (100, 50), (0, 0), (-5, 0)]
)
def test_a_token_is_due_in_its_last_tenth_or_five_minutes_but_at_most_its_last_half(life: float, margin: float) -> None:
    assert token(life=life).expires_at - token(life=life).refresh_at == margin


def test_a_token_does_not_show_its_value() -> None:
    assert "t1.a" not in repr(token())


def test_the_first_to_come_renews_and_the_others_join() -> None:
    cache = TokenCache()
    first = lead(cache)
    assert cache.claim(0.0) == Join(first.renewal)


def test_a_fresh_token_is_used_by_all() -> None:
    held = token()
    cache = holding(held)
    assert cache.claim(0.0) is held
    assert cache.claim(held.refresh_at - 1) is held


def test_a_due_token_is_renewed_by_one_and_used_by_the_others_meanwhile() -> None:
    held = token()
    cache = holding(held)
    lead(cache, held.refresh_at)
    assert cache.claim(held.refresh_at) is held


def test_an_expired_token_is_not_used() -> None:
    held = token()
    cache = holding(held)
    first = lead(cache, held.expires_at)
    assert cache.claim(held.expires_at) == Join(first.renewal)


def test_a_due_token_whose_renewal_failed_stays_in_use_and_the_next_attempt_waits() -> None:
    held = token()
    cache = holding(held)
    due = held.refresh_at
    assert cache.fail(lead(cache, due).renewal, CredentialsError("no"), due) is held
    assert cache.claim(due + PAUSE - 1) is held
    lead(cache, due + PAUSE)


def test_a_rejected_token_is_renewed_once_and_whoever_held_it_too_gets_the_new_one() -> None:
    old, new = token(), token("t1.b")
    cache = holding(old)
    cache.store(lead(cache, rejected=old).renewal, new)
    assert cache.claim(0.0, rejected=old) is new


def test_a_rejected_token_is_used_by_nobody_while_it_is_renewed() -> None:
    old = token()
    cache = holding(old)
    first = lead(cache, rejected=old)
    assert cache.claim(0.0) == Join(first.renewal)
    assert cache.claim(0.0, rejected=old) == Join(first.renewal)


def test_a_rejected_token_does_not_come_back_when_its_renewal_fails() -> None:
    old = token()
    cache = holding(old)
    assert cache.fail(lead(cache, rejected=old).renewal, CredentialsError("no"), 0.0) is None


def test_a_token_refused_while_it_was_being_renewed_ahead_of_time_is_gone_when_that_fails() -> None:
    old = token()
    cache = holding(old)
    ahead = lead(cache, old.refresh_at)
    assert cache.claim(old.refresh_at, rejected=old) == Join(ahead.renewal)
    assert cache.fail(ahead.renewal, CredentialsError("no"), old.refresh_at) is None


def test_an_abandoned_renewal_is_over_and_the_next_to_come_renews() -> None:
    cache = TokenCache()
    first = lead(cache)
    cache.abandon(first.renewal)
    assert first.renewal.over
    assert first.renewal.outcome is None
    assert lead(cache).renewal is not first.renewal


def test_a_failure_that_is_not_shared_leaves_the_others_to_try() -> None:
    cache = TokenCache()
    first = lead(cache)
    cache.fail(first.renewal, CredentialsError("in haste"), 0.0, shared=False)
    assert first.renewal.over
    assert first.renewal.outcome is None


def test_the_late_end_of_an_abandoned_renewal_leaves_the_next_one_alone() -> None:
    cache = TokenCache()
    first = lead(cache)
    cache.abandon(first.renewal)
    second = lead(cache)
    cache.abandon(first.renewal)
    assert cache.claim(0.0) == Join(second.renewal)


def test_a_renewal_begun_before_a_fork_is_nobodys_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = TokenCache()
    first = lead(cache)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert lead(cache).renewal is not first.renewal


def test_the_cache_knows_whether_there_ever_was_a_token() -> None:
    cache = TokenCache()
    assert not cache.served
    held = token()
    cache = holding(held)
    lead(cache, rejected=held)
    assert cache.served
