"""What threads and assistants have in common: an owner, names, times and a time to live."""

from __future__ import annotations

from yc_runs.testing._collection import Collection
from yc_runs.testing._errors import invalid
from yc_runs.testing._mask import masked
from yc_runs.testing._schema import Record, Schema
from yc_runs.testing._times import DAY

USER = "local-user"
"""Who created everything that is on a local gateway."""

DEFAULT_EXPIRATION: Record = {"expiration_policy": "SINCE_LAST_ACTIVE", "ttl_days": 7}


def created(key: str, request: Record, now: int) -> Record:
    """Make the record of a new object; ``now`` is in nanoseconds since 1970."""
    stamps = {"id": key, "created_by": USER, "created_at": now, "updated_by": USER, "updated_at": now}
    return _expiring({**request, **stamps}, now)


def updated(schema: Schema, record: Record, request: Record, now: int) -> tuple[Record, list[str]]:
    """Give the record after an update request, and the paths it replaced. Raises GatewayError with code 3."""
    fields = schema.without("update_mask", "thread_id", "assistant_id")
    mask = request.get("update_mask")
    record, paths = masked(fields, record, request, mask)
    return _expiring({**record, "updated_by": USER, "updated_at": now}, now), paths


def touched(record: Record, now: int) -> Record:
    """Give the record after it was used, which moves the end of one that lives since its last activity."""
    return _expiring(record, now)


def require(request: Record, *names: str) -> None:
    """Refuse a request in which one of the fields is missing or empty. Raises GatewayError with code 3."""
    for name in names:
        if not request.get(name):
            raise invalid(f"{name} is required")


def page_of_folder(objects: Collection[Record], request: Record) -> tuple[list[Record], str]:
    """Carry out a list request: a page of the folder's objects, newest first. Raises GatewayError with code 3."""
    require(request, "folder_id")
    folder, size, token = request["folder_id"], request.get("page_size", 0), request.get("page_token", "")
    return objects.page(lambda found: found["folder_id"] == folder, size, token)


def _expiring(record: Record, now: int) -> Record:
    set_by_user = {name: value for name, value in (record.get("expiration_config") or {}).items() if value}
    config = {**DEFAULT_EXPIRATION, **set_by_user}
    if config["ttl_days"] < 0:
        raise invalid("expiration_config.ttl_days must not be negative")
    start = record["created_at"] if config["expiration_policy"] == "STATIC" else now
    return {**record, "expiration_config": config, "expires_at": start + config["ttl_days"] * DAY}
