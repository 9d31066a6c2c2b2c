"""What goes wrong in the practice city's records, by level: one table, read it as data.

Level 0 is clean, 1 about half, 2 the figures seen in real files, 3 about double and nastier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Faults:
    """Shares are of rows unless said otherwise; seconds are whole."""

    missing_tap_off_share: float
    early_tap_off_share: float
    early_tap_off_seconds: tuple[int, int]
    wrong_board_stop_share: float
    late_tap_on_share: float
    late_tap_on_seconds: tuple[int, int]
    duplicate_row_share: float
    late_row_share: float
    constant_departure_vehicle_share: float
    clock_spread_seconds: int
    clock_most_seconds: int
    standard_ids_empty_share: float
    unknown_settlement_id_share: float
    settlement_ars_empty_share: float
    settlement_swapped_xy_share: float
    settlement_other_name_share: float
    settlement_place_noise_meters: float
    bms_noise_seconds: float
    bms_missing_event_share: float
    bms_missing_trip_share: float
    renamed_master_column: bool
    garbage_rows: int
    cash_rider_share: float


_TABLE: dict[str, tuple[Any, Any, Any, Any]] = {
    "missing_tap_off_share": (0.0, 0.011, 0.022, 0.045),
    "early_tap_off_share": (0.0, 0.20, 0.40, 0.60),
    "early_tap_off_seconds": ((5, 90), (5, 90), (5, 90), (5, 120)),
    "wrong_board_stop_share": (0.0, 0.031, 0.062, 0.12),
    "late_tap_on_share": (0.0, 0.015, 0.03, 0.06),
    "late_tap_on_seconds": ((1, 8), (1, 8), (1, 8), (1, 15)),
    "duplicate_row_share": (0.0, 0.0015, 0.003, 0.006),
    "late_row_share": (0.0, 0.0025, 0.005, 0.010),
    "constant_departure_vehicle_share": (0.0, 0.03, 0.06, 0.12),
    "clock_spread_seconds": (0, 22, 45, 90),
    "clock_most_seconds": (0, 75, 150, 300),
    "standard_ids_empty_share": (0.0, 0.12, 0.25, 0.50),
    "unknown_settlement_id_share": (0.0, 0.10, 0.10, 0.20),
    "settlement_ars_empty_share": (0.0, 0.02, 0.04, 0.08),
    "settlement_swapped_xy_share": (0.0, 0.001, 0.002, 0.005),
    "settlement_other_name_share": (0.0, 0.05, 0.10, 0.20),
    "settlement_place_noise_meters": (0.0, 4.0, 6.0, 12.0),
    "bms_noise_seconds": (0.0, 1.0, 2.0, 4.0),
    "bms_missing_event_share": (0.0, 0.002, 0.004, 0.008),
    "bms_missing_trip_share": (0.0, 0.0, 0.0, 0.008),
    "renamed_master_column": (False, False, False, True),
    "garbage_rows": (0, 0, 0, 12),
    "cash_rider_share": (0.0, 0.006, 0.013, 0.025),
}
LEVELS = tuple(Faults(**{name: row[level] for name, row in _TABLE.items()}) for level in range(4))
