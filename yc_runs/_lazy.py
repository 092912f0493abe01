"""Names of a package that are loaded when they are first used (PEP 562)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy(package: str, names: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The package's ``__getattr__`` and ``__dir__``.

    ``names`` gives for each module, named from the package on, the names it defines, with spaces between. A name is
    looked up once: then it is an ordinary attribute of the package.
    """
    module_of = {name: f"{package}.{module}" for module, defined in names.items() for name in defined.split()}
    namespace = vars(sys.modules[package])

    def load(name: str) -> object:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = namespace[name] = getattr(_import(module_of[name]), name)
        return value

    def names_there() -> list[str]:
        return sorted({*namespace, *module_of})

    return load, names_there


def _import(module: str) -> object:
    """Import a module while the garbage collector rests, which would look through it several times and find nothing."""
    import gc
    import importlib

    is_on = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        if is_on:
            # Both together count what there is as old, so that it is not looked through now, all at once. CPython alone
            # has them; and what a program has frozen stays so.
            if hasattr(gc, "freeze") and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
