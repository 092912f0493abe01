"""Search indexes and files as citations show them (proto ``searchindex.SearchIndex``, ``files.v1.File``)."""

from __future__ import annotations

from yc_runs.models._base import Int64, Items, Labels, Model, Str, Timestamp
from yc_runs.models.enums import ExpirationPolicy, OpenEnum


class ExpirationConfig(Model):
    """How long an object lives: ``ttl_days`` days, counted as ``expiration_policy`` says."""

    expiration_policy: ExpirationPolicy = ExpirationPolicy.EXPIRATION_POLICY_UNSPECIFIED
    ttl_days: Int64 = 0


class StoredObject(Model):
    """The members that all objects kept in a folder have in common."""

    id: Str = ""
    folder_id: Str = ""
    name: Str = ""
    description: Str = ""
    created_by: Str = ""
    created_at: Timestamp | None = None
    updated_by: Str = ""
    updated_at: Timestamp | None = None
    expiration_config: ExpirationConfig | None = None
    expires_at: Timestamp | None = None
    labels: Labels = None


class File(StoredObject):
    """An uploaded file."""

    mime_type: Str = ""


class StaticChunkingStrategy(Model):
    """Pieces of a fixed size, in tokens."""

    max_chunk_size_tokens: Int64 = 0
    chunk_overlap_tokens: Int64 = 0


class ChunkingStrategy(Model):
    """How files are cut into pieces."""

    static_strategy: StaticChunkingStrategy | None = None


class NgramTokenizer(Model):
    """Tokens of ``min_gram`` to ``max_gram`` characters."""

    min_gram: Int64 | None = None
    max_gram: Int64 | None = None


class StandardTokenizer(Model):
    """Tokens by words; it has no settings."""


class StandardAnalyzer(Model):
    """Analysis by general rules; it has no settings."""


class YandexLemmerAnalyzer(Model):
    """Analysis by base forms of words; it has no settings."""


class TextSearchIndex(Model):
    """Search by words."""

    chunking_strategy: ChunkingStrategy | None = None
    ngram_tokenizer: NgramTokenizer | None = None
    standard_tokenizer: StandardTokenizer | None = None
    standard_analyzer: StandardAnalyzer | None = None
    yandex_lemmer_analyzer: YandexLemmerAnalyzer | None = None


class VectorSearchIndex(Model):
    """Search by meaning."""

    doc_embedder_uri: Str = ""
    query_embedder_uri: Str = ""
    chunking_strategy: ChunkingStrategy | None = None


class NormalizationStrategy(OpenEnum):
    """How the scores of a hybrid search are made comparable."""

    UNKNOWN = -1
    NORMALIZATION_STRATEGY_UNSPECIFIED = 0
    MIN_MAX = 1
    L2 = 2


class MeanEvaluationTechnique(OpenEnum):
    """Which mean combines the scores of a hybrid search."""

    UNKNOWN = -1
    MEAN_EVALUATION_TECHNIQUE_UNSPECIFIED = 0
    ARITHMETIC = 1
    GEOMETRIC = 2
    HARMONIC = 3


class MeanCombinationStrategy(Model):
    """Scores combined by a weighted mean."""

    mean_evaluation_technique: MeanEvaluationTechnique = MeanEvaluationTechnique.MEAN_EVALUATION_TECHNIQUE_UNSPECIFIED
    weights: Items[float] = ()


class ReciprocalRankFusionCombinationStrategy(Model):
    """Scores combined by rank."""

    k: Int64 | None = None


class CombinationStrategy(Model):
    """How a hybrid search combines its two results."""

    mean_combination: MeanCombinationStrategy | None = None
    rrf_combination: ReciprocalRankFusionCombinationStrategy | None = None


class HybridSearchIndex(Model):
    """Search by words and by meaning."""

    text_search_index: TextSearchIndex | None = None
    vector_search_index: VectorSearchIndex | None = None
    chunking_strategy: ChunkingStrategy | None = None
    normalization_strategy: NormalizationStrategy = NormalizationStrategy.NORMALIZATION_STRATEGY_UNSPECIFIED
    combination_strategy: CombinationStrategy | None = None


class SearchIndex(StoredObject):
    """A search index; one of the three kinds is set."""

    text_search_index: TextSearchIndex | None = None
    vector_search_index: VectorSearchIndex | None = None
    hybrid_search_index: HybridSearchIndex | None = None
