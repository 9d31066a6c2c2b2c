"""What goes wrong in the practice city's records, by level: one table, read it as data.

Level 0 is clean, 1 about half, 2 the figures seen in real files, 3 about double and nastier.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    bms_noise_seconds: float
    bms_missing_event_share: float
    bms_missing_trip_share: float
    renamed_master_column: bool
    garbage_rows: int


LEVELS = (
    Faults(0.0, 0.0, (5, 90), 0.0, 0.0, (1, 8), 0.0, 0.0, 0.0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False, 0),
    Faults(0.011, 0.20, (5, 90), 0.031, 0.015, (1, 8), 0.0015, 0.0025, 0.03, 22, 75, 0.12, 0.10, 0.02, 0.001, 0.05, 1.0, 0.002, 0.0, False, 0),
    Faults(0.022, 0.40, (5, 90), 0.062, 0.03, (1, 8), 0.003, 0.005, 0.06, 45, 150, 0.25, 0.10, 0.04, 0.002, 0.10, 2.0, 0.004, 0.0, False, 0),
    Faults(0.045, 0.60, (5, 120), 0.12, 0.06, (1, 15), 0.006, 0.010, 0.12, 90, 300, 0.50, 0.20, 0.08, 0.005, 0.20, 4.0, 0.008, 0.008, True, 12),
)  # fmt: skip
