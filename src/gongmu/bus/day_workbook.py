"""The workbook of one published day, written where officers find it without the portal."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from gongmu.bus.figures import Figures, View
from gongmu.bus.overview import Overview
from gongmu.bus.partition import warehouse_of
from gongmu.bus.workbook import write_workbook
from gongmu.core.clock import today
from gongmu.core.house import House


def write_day_workbook(house: House, day: date) -> Path:
    """Write `<home>/reports/버스혼잡_<day>.xlsx`, replacing an earlier one at once."""
    figures = Figures(warehouse_of(house), house.city.code, house.city.denominator)
    page = Overview(figures, house.city)
    view = View(day, day, week="all", base=house.city.denominator)
    folder = house.settings.home / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"버스혼잡_{day}.xlsx"
    draft = path.with_suffix(f".{os.getpid()}.part")
    write_workbook(draft, page.tables(view, [day]), page.about(view, [day], today(house.clock)))
    draft.replace(path)
    return path
