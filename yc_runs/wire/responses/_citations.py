"""Annotations of a text -> citations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yc_runs.models import Citation
    from yc_runs.wire.responses._objects import ContentItem


def citations(contents: Iterable[ContentItem]) -> tuple[Citation, ...]:
    """One citation for each annotation, in order.

    A file becomes a source with a chunk. What the first dialect has no source for, such as a page of the web, keeps its
    members (``url``, ``title``) in the source's ``model_extra``.
    """
    annotations = [annotation for content in contents for annotation in content.annotations]
    if not annotations:
        return ()
    from yc_runs.models import Citation

    return tuple(Citation.model_validate({"sources": [_source(annotation)]}) for annotation in annotations)


def _source(annotation: dict[str, Any]) -> dict[str, Any]:
    if not annotation.get("file_id"):
        # Named `chunk`, a member of the gateway's would be taken for a piece of a file.
        return {name: value for name, value in annotation.items() if name != "chunk"}
    file = {"id": annotation["file_id"], "name": annotation.get("filename")}
    return {"chunk": {"source_file": file}, "annotation": annotation}
