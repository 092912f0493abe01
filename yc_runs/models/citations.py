"""What an answer rests on (proto ``threads.Citation``)."""

from __future__ import annotations

from yc_runs.models._base import Items, Model
from yc_runs.models.content import ContentPart, join_text, part_values
from yc_runs.models.search_index import File, SearchIndex


class ChunkContent(Model):
    """The parts of a cited piece of a file (proto ``threads.ChunkContent``)."""

    content: Items[ContentPart] = ()


class FileChunk(Model):
    """A piece of a file, found through a search index."""

    search_index: SearchIndex | None = None
    source_file: File | None = None
    content: ChunkContent | None = None

    @property
    def file(self) -> File | None:
        """The file; None where it was deleted meanwhile (the gateway then gives one without an id)."""
        return self.source_file if self.source_file and self.source_file.id else None

    @property
    def parts(self) -> tuple[str | ContentPart, ...]:
        """Each text part as a str."""
        return part_values(self.content.content) if self.content else ()

    @property
    def text(self) -> str:
        """The text parts, joined with newlines."""
        return join_text(self.content.content) if self.content else ""


class Source(Model):
    """One source. ``chunk`` is None for a kind this client does not know, which is kept in ``model_extra``."""

    chunk: FileChunk | None = None

    @property
    def type(self) -> str:
        """``filechunk`` or ``unknown``."""
        return "unknown" if self.chunk is None else "filechunk"

    @property
    def search_index(self) -> SearchIndex | None:
        """The index that the chunk was found through; None where there is no chunk."""
        return self.chunk.search_index if self.chunk else None

    @property
    def file(self) -> File | None:
        """The file that the chunk is of; None where it was deleted, or where there is no chunk."""
        return self.chunk.file if self.chunk else None

    @property
    def parts(self) -> tuple[str | ContentPart, ...]:
        """The chunk's parts, empty where there is no chunk."""
        return self.chunk.parts if self.chunk else ()

    @property
    def text(self) -> str:
        """The chunk's text, empty where there is no chunk."""
        return self.chunk.text if self.chunk else ""


class Citation(Model):
    """The sources that one place of the answer rests on."""

    sources: Items[Source] = ()
