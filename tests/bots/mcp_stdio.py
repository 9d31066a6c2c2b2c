"""A program of its own that offers one account's tools on standard input and output.

python -m tests.bots.mcp_stdio HOME ACCOUNT
"""

from __future__ import annotations

import sys
from pathlib import Path

from gongmu.bots.mcp.server import serve_stdio
from gongmu.core.clock import system_clock
from gongmu.core.database import open_database
from gongmu.core.people import People
from gongmu.core.settings import Settings
from tests.bots.houses import guard_house

if __name__ == "__main__":
    settings = Settings(home=Path(sys.argv[1]))
    engine = open_database(settings.url)
    house = guard_house(settings, engine, system_clock)
    serve_stdio(house, People(engine).find(sys.argv[2]))
