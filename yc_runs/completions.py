"""Models by name: what ``client.models`` gives, and what an assistant's ``model`` is. Pure; no request is made here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yc_runs._arguments.checks import need_folder, number, whole
from yc_runs._unset import UNSET, Unset


@dataclass(frozen=True)
class GPTModelConfig:
    """How a model answers: ``temperature`` from 0 to 1, ``max_tokens`` of an answer. None is the service's default."""

    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True)
class GPTModel:
    """A model that writes text: its ``uri``, such as ``gpt://<folder>/yandexgpt/latest``, and its ``config``."""

    uri: str
    config: GPTModelConfig = GPTModelConfig()

    def __post_init__(self) -> None:
        if not isinstance(self.config, GPTModelConfig):
            raise TypeError(
                f"GPTModel: config must be a GPTModelConfig, not {type(self.config).__name__}; "
                "configure(temperature=…) makes a model with another one"
            )

    def configure(
        self, *, temperature: float | Unset | None = UNSET, max_tokens: int | Unset | None = UNSET
    ) -> GPTModel:
        """The same model with another configuration: what is not given stays, None goes back to the default.

        Raises ``TypeError`` or ``ValueError`` for what is no temperature and no number of tokens.
        """
        config = self.config
        if temperature is not UNSET:
            value = None if temperature is None else number("temperature", temperature)
            config = replace(config, temperature=value)
        if max_tokens is not UNSET:
            config = replace(config, max_tokens=None if max_tokens is None else whole("max_tokens", max_tokens))
        return replace(self, config=config)


@dataclass(frozen=True)
class Models:
    """The models of a folder. Reached as ``client.models``."""

    _folder_id: str | None

    def completions(self, model_name: str, *, model_version: str = "latest") -> GPTModel:
        """A model that writes text, by its name in the client's folder, or by its whole URI.

        ``"yandexgpt"`` stands for ``gpt://<folder>/yandexgpt/latest``; a URI is taken as it is, and has its version in
        itself. Raises ``ConfigurationError`` for a short name where the client has no folder.
        """
        if not isinstance(model_name, str):
            raise TypeError(f"model: expected a name or a URI, got {type(model_name).__name__}")
        if not isinstance(model_version, str):
            raise TypeError(f"model_version: expected a str, got {type(model_version).__name__}")
        if not model_name or not model_version:
            raise ValueError("model: neither its name nor its version can be empty")
        if "://" in model_name:
            return GPTModel(model_name)
        folder = need_folder(self._folder_id, f"find model {model_name!r}")
        # Joined, since an f-string would put in the name of an enum's member instead of its text.
        return GPTModel("/".join(("gpt:/", folder, model_name, model_version)))

    def reference(self, model: str | GPTModel) -> GPTModel:
        """The model that a caller means by a name, a URI or a reference. Raises ``TypeError`` for anything else."""
        return model if isinstance(model, GPTModel) else self.completions(model)
