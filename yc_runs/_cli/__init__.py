"""What ``python -m yc_runs`` does. Nothing in the library imports it."""

from __future__ import annotations
