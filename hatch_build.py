"""Hatch build hook: a wheel carries the built screen assets, so it installs without Node."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface[Any]):
    """Build the assets before a wheel is packed; an editable install builds them separately."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run assets/build.py unless this is an editable install."""
        if self.target_name != "wheel" or version == "editable":
            return
        script = Path(self.root) / "assets" / "build.py"
        if script.exists():
            runpy.run_path(str(script))["build"]()
