"""Adding one thing is adding one file: finds the files of a folder that declare a constant."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType

from gongmu.core.errors import Refused


def catalogue(
    package: ModuleType, constant: str, *, beside: frozenset[str]
) -> Mapping[str, object]:
    """Return file name to its `constant` for every module of `package` not named in `beside`.

    Raises Refused when a file lacks the constant or the constant's `code` differs from the
    file's name, so that a half-finished file stops the start instead of vanishing.
    """
    found: dict[str, object] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if module.name in beside or module.name.startswith("_"):
            continue
        path = f"{package.__name__}.{module.name}"
        entry = getattr(importlib.import_module(path), constant, None)
        if entry is None:
            raise Refused(
                "catalogue_incomplete",
                f"{path} 파일에 {constant} 선언이 없습니다.",
                "선언을 더하거나 파일을 지우세요.",
            )
        code = getattr(entry, "code", None)
        if code != module.name:
            raise Refused(
                "catalogue_mismatch",
                f"{path} 파일의 이름과 부호({code})가 다릅니다.",
                "둘을 같게 하세요.",
            )
        found[module.name] = entry
    return found
