"""What stored objects have in common, and the search indexes that citations show."""

from __future__ import annotations

from yc_runs.testing._schema import (
    DOUBLE,
    INT64,
    INT64_VALUE,
    LABELS,
    STRING,
    TIMESTAMP,
    choice,
    define,
    either,
    many,
    one,
)

EMPTY = define("Empty")
EXPIRATION = define(
    "ExpirationConfig",
    expiration_policy=choice("EXPIRATION_POLICY_UNSPECIFIED", "STATIC", "SINCE_LAST_ACTIVE"),
    ttl_days=INT64,
)
STORED = dict(  # noqa: C408
    id=STRING,
    folder_id=STRING,
    name=STRING,
    description=STRING,
    created_by=STRING,
    created_at=TIMESTAMP,
    updated_by=STRING,
    updated_at=TIMESTAMP,
    expiration_config=one(EXPIRATION),
    expires_at=TIMESTAMP,
    labels=LABELS,
)

_CHUNKING = define(
    "ChunkingStrategy",
    static_strategy=either(
        "strategy", define("StaticChunkingStrategy", max_chunk_size_tokens=INT64, chunk_overlap_tokens=INT64)
    ),
)
_TEXT_INDEX = define(
    "TextSearchIndex",
    chunking_strategy=one(_CHUNKING),
    ngram_tokenizer=either("tokenizer", define("NgramTokenizer", min_gram=INT64_VALUE, max_gram=INT64_VALUE)),
    standard_tokenizer=either("tokenizer", EMPTY),
    standard_analyzer=either("analyzer", EMPTY),
    yandex_lemmer_analyzer=either("analyzer", EMPTY),
)
_VECTOR_INDEX = define(
    "VectorSearchIndex",
    doc_embedder_uri=STRING,
    query_embedder_uri=STRING,
    chunking_strategy=one(_CHUNKING),
)
_MEAN = define(
    "MeanCombinationStrategy",
    mean_evaluation_technique=choice("MEAN_EVALUATION_TECHNIQUE_UNSPECIFIED", "ARITHMETIC", "GEOMETRIC", "HARMONIC"),
    weights=many(DOUBLE),
)
_RECIPROCAL_RANK = define("ReciprocalRankFusionCombinationStrategy", k=INT64_VALUE)
_HYBRID_INDEX = define(
    "HybridSearchIndex",
    text_search_index=one(_TEXT_INDEX),
    vector_search_index=one(_VECTOR_INDEX),
    chunking_strategy=one(_CHUNKING),
    normalization_strategy=choice("NORMALIZATION_STRATEGY_UNSPECIFIED", "MIN_MAX", "L2"),
    combination_strategy=one(
        define(
            "CombinationStrategy",
            mean_combination=either("strategy", _MEAN),
            rrf_combination=either("strategy", _RECIPROCAL_RANK),
        )
    ),
)
SEARCH_INDEX = define(
    "SearchIndex",
    **STORED,
    text_search_index=either("index", _TEXT_INDEX),
    vector_search_index=either("index", _VECTOR_INDEX),
    hybrid_search_index=either("index", _HYBRID_INDEX),
)
