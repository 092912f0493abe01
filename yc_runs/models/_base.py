"""What every model shares: reading leniently, writing strictly.

Reading: both spellings of a name (``assistantId``, ``assistant_id``), unknown members kept, ``null`` for
whatever proto3 JSON may leave out. Writing: camelCase, int64 as strings, and only what was set. Models are frozen
values.
"""

from __future__ import annotations

from datetime import datetime, timezone
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticSerializationError, core_schema


class _NullIsEmpty:
    """Reads ``null`` as the empty value, inside the validator's compiled core (no Python call per field)."""

    def __init__(self, empty: object) -> None:
        self._empty = empty

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # A literal that never matches falls back to the default: the way to say "null becomes this value".
        empty = core_schema.with_default_schema(
            core_schema.literal_schema(["\0"]), default=self._empty, on_error="default"
        )
        null = core_schema.chain_schema([core_schema.none_schema(), empty])
        # The empty label keeps the choice out of the place that an error names.
        return core_schema.union_schema([(handler(source), ""), (null, "")], mode="left_to_right")


class _TextInJson:
    """Writes a number to JSON as a string; pydantic's own way to say so would cost every process an import."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: dict[str, Any] = {**handler(source)}
        return cast("CoreSchema", {**schema, "serialization": core_schema.to_string_ser_schema(when_used="json")})


_T = TypeVar("_T")

Str = Annotated[str, _NullIsEmpty("")]
"""A string, empty where the wire has ``null`` or nothing."""

Bool = Annotated[bool, _NullIsEmpty(False)]
"""A flag, False where the wire has ``null`` or nothing."""

Int64 = Annotated[int, Field(ge=-(2**63), lt=2**63), _NullIsEmpty(0), _TextInJson()]
"""An int64: read from a JSON string or number, written as a string as proto3 JSON does."""

Timestamp = Annotated[datetime, AfterValidator(lambda time: time if time.tzinfo else time.replace(tzinfo=timezone.utc))]
"""A point in time, aware; one that comes without a zone is in UTC. Nanoseconds are cut to microseconds."""

Items = Annotated[tuple[_T, ...], _NullIsEmpty(())]
"""A repeated field: a tuple, empty where the wire has ``null`` or nothing."""

Labels = Annotated[dict[str, str] | None, AfterValidator(lambda labels: labels or None)]
"""A map of labels; None where there are none, as in the official SDK."""

Struct = Annotated[dict[str, Any], _NullIsEmpty({})]
"""A free JSON object, such as a function's arguments or a JSON schema; passed through as it is."""


class Later:
    """Reads a field with a model of another module, which is imported when the field first has something in it.

    What most answers do not hold (citations, tools, options) would otherwise cost every process its import and the
    building of its validators, before the first answer can be read. ``many`` says that the field is a tuple.
    """

    def __init__(self, module: str, name: str, *, many: bool = False) -> None:
        self._module = module
        self._name = name
        self._many = many

    @property
    def model(self) -> type[Model]:
        """The model, imported now at the latest."""
        found: type[Model] = getattr(import_module(f"yc_runs.models.{self._module}"), self._name)
        return found

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def _read(self, value: Any) -> Any:
        if not self._many:
            return None if value is None else self.model.model_validate(value)
        if value is not None and not isinstance(value, (list, tuple)):
            raise ValueError(f"a list of {self._name} is an array, not {type(value).__name__}")
        return tuple(self.model.model_validate(item) for item in value or ())


def first_problem(error: ValidationError) -> str:
    """What is wrong first, and where, without quoting it."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part != "")
    return f"{place}: {first['msg']}" if place else first["msg"]


if TYPE_CHECKING:

    class _Checked(BaseModel):
        """To type checkers, an ordinary model."""

        _places: ClassVar[tuple[str, ...]]

else:

    class _CheckedType(type(BaseModel)):
        """Refuses what a caller cannot build a model of; reading an answer does not come through here."""

        def __call__(cls, *args: Any, **fields: Any) -> Any:
            if len(args) > len(cls._places) or not fields.keys().isdisjoint(cls._places[: len(args)]):
                by_place = f", and {', '.join(cls._places)}, once, also by its place" if cls._places else ""
                raise TypeError(f"{cls.__name__} takes its fields by their names{by_place}")
            fields.update(zip(cls._places, args, strict=False))
            for name in fields.keys() - cls.model_fields.keys():
                if name not in (field.alias for field in cls.model_fields.values()):
                    raise TypeError(f"{cls.__name__} has no field {name!r}; it has {', '.join(cls.model_fields)}")
            try:
                return super().__call__(**fields)
            except ValidationError as error:
                raise ValueError(f"{cls.__name__}: {first_problem(error)}") from None

    class _Checked(BaseModel, metaclass=_CheckedType):
        _places: ClassVar[tuple[str, ...]] = ()


class Model(_Checked):
    """A frozen value read from, or written to, the gateway. Unknown members are in ``model_extra``."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="allow",
        populate_by_name=True,
        alias_generator=to_camel,
        protected_namespaces=(),
        # A model is made ready when it is first read; those that are never read cost next to nothing.
        defer_build=True,
        # Names come again and again; ids and times do not, and would fill a table of a megabyte.
        cache_strings="keys",
        hide_input_in_errors=True,
        # Kept as they are, so that writing the JSON refuses them; pydantic would make them null.
        ser_json_inf_nan="constants",
    )

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send: camelCase, int64 as strings, nothing that was not set.

        Raises ``TypeError`` for free JSON that holds what JSON cannot.
        """
        try:
            return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
        except PydanticSerializationError as error:
            raise TypeError(f"{type(self).__name__} holds what is not JSON: {error}") from None
