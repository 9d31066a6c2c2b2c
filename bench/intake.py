"""Reading speed of intake beside the physical limit: the same bytes into all-text columns.

    python bench/intake.py [--share 0.1]

Each line is one format measured in a fresh process, the best of three: seconds and peak memory of
the whole way (bytes to typed table), of the bare read that does no checking, and their ratio.
"""

from __future__ import annotations

import argparse
import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

Bare = Callable[[bytes], object]
ROWS = {"28필드 | 텍스트": 1_000_000, "14열 xlsx": 300_000, "HTML을 .xls로": 180_000}


def main() -> None:
    """Print the table, or measure one case when called with --case (in its own process)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="이 비율의 행만")
    parser.add_argument("--case", nargs=3, metavar=("NAME", "HOW", "FILE"))
    options = parser.parse_args()
    if options.case:
        name, how, file = options.case
        _measure(name, how, Path(file))
        return
    print(
        f"{'형식':<16}{'행':>10}{'MB':>7}{'접수 초':>9}{'MB':>7}{'한계 초':>9}{'MB':>7}{'배수':>7}"
    )
    with TemporaryDirectory() as folder:
        for name in ROWS:
            _compare(name, int(ROWS[name] * options.share), Path(folder) / CASES[name][2])


def _compare(name: str, rows: int, file: Path) -> None:
    """Print one line: ours and the bare read, the best of three each."""
    file.write_bytes(CASES[name][0](rows))
    ours, our_peak = min(_in_own_process(name, "intake", file) for _ in range(3))
    limit, limit_peak = min(_in_own_process(name, "bare", file) for _ in range(3))
    print(
        f"{name:<16}{rows:>10,}{file.stat().st_size / 1e6:>7.0f}{ours:>9.2f}{our_peak:>7.0f}"
        f"{limit:>9.2f}{limit_peak:>7.0f}{ours / limit:>7.1f}"
    )


def _in_own_process(name: str, how: str, file: Path) -> tuple[float, float]:
    command = [sys.executable, __file__, "--case", name, how, str(file)]
    seconds, peak = subprocess.check_output(command, text=True).split()
    return float(seconds), float(peak)


def _peak_megabytes() -> float:
    """Return this process's own peak memory; ru_maxrss would hold its parent's too (Linux only)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1024


def _measure(name: str, how: str, file: Path) -> None:
    """Print seconds, and the growth of peak memory (MB) over the loaded libraries and file."""
    from gongmu.bus.intake import Source, card_pseudonym, read
    from gongmu.core.city import load_city

    data = file.read_bytes()
    city, pseudonym = load_city("practice"), card_pseudonym(b"bench")
    before = _peak_megabytes()
    started = time.perf_counter()
    if how == "bare":
        CASES[name][1](data)
    else:
        [made] = read(Source(file.name, data), city, pseudonym, date(2026, 12, 31))
        assert made.rows_read == made.rows_kept, made.set_aside
    seconds = time.perf_counter() - started
    print(seconds, _peak_megabytes() - before)


# ------------------------------------------------------------------------------ the files


def _card_text(rows: int) -> bytes:
    draw = random.Random(3)  # noqa: S311 - sample data
    lines = []
    for at in range(rows):
        hour, minute, stop = draw.randrange(5, 23), draw.randrange(60), draw.randrange(2000)
        lines.append(
            f"20261120|03|{at}|99{draw.randrange(300_000):010d}|MM99150000|C||146718039|"
            f"연습70아{draw.randrange(9999):04d}|20261120073000|20261120081500|784|234000002|"
            f"046711144|20261120{hour:02d}{minute:02d}00|20261120{hour:02d}{minute:02d}10|"
            f"23510{stop:04d}|000271{stop:04d}|20261120{hour:02d}{minute:02d}55|23510{stop:04d}|"
            f"270{stop:04d}|001|0|03|1|4595|605|1400"
        )
    return "\r\n".join(lines).encode("cp949")


def _card_workbook(rows: int) -> bytes:
    import xlsxwriter

    header = (
        *("카드번호", "운행출발일시", "트랜잭션ID", "교통수단CD", "환승횟수", "버스노선ID"),
        *("교통사업자ID", "차량ID", "사용자구분코드", "승차일시", "승차정류장ID", "하차일시"),
        *("하차정류장ID", "이용객수_다인승"),
    )
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for at in range(1, rows + 1):
            boarded = f"20261120{5 + at % 18:02d}{at % 60:02d}00"
            row = [f"99{at % 90_000:010d}", boarded, "1", 105, 0, 11110602, 1, 111753597, "01"]
            sheet.write_row(at, 0, [*row, boarded, 9009721, "~", "~", 1])
    return target.getvalue()


def _stop_events(rows: int) -> bytes:
    names = "운행일자,노선ID,노선번호,방향,운행ID,차량ID,차량번호,순번,정류소ID,정류소명,도착,출발"
    head = "".join(f"<th>{name}</th>" for name in names.split(","))
    lines = []
    for at in range(rows):
        clock = f"2026-11-20 {5 + at % 18:02d}:{at % 60:02d}:12"
        cells = (
            "2026-11-20",
            "234000011",
            "4-3",
            "상행",
            f"T{at // 40}",
            "237000014",
            "연습70사16",
        )
        told = (*cells, str(at % 40 + 1), f"2352{at % 900:05d}", "가람시장", clock, clock)
        lines.append("<tr>" + "".join(f"<td>{text}</td>" for text in told) + "</tr>")
    page = f"<html><body><table><tr>{head}</tr>\r\n" + "\r\n".join(lines) + "</table></body></html>"
    return page.encode("cp949")


# ------------------------------------------------------------------------------ the limits


def _bare_text(data: bytes) -> object:
    import polars as pl

    return pl.read_csv(
        data.decode("cp949").encode(), separator="|", has_header=False, infer_schema=False
    )


def _bare_workbook(data: bytes) -> object:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def _bare_html(data: bytes) -> object:
    from lxml import etree

    rows = []
    for _, row in etree.iterparse(io.BytesIO(data), tag="tr", html=True, encoding="cp949"):
        rows.append([cell.text for cell in row])
        row.clear()
    return rows


CASES: dict[str, tuple[Callable[[int], bytes], Bare, str]] = {
    "28필드 | 텍스트": (_card_text, _bare_text, "DWTCD_20261120.dat"),
    "14열 xlsx": (_card_workbook, _bare_workbook, "교통카드_20261120.xlsx"),
    "HTML을 .xls로": (_stop_events, _bare_html, "정류소통과_20261120.xls"),
}

if __name__ == "__main__":
    main()
