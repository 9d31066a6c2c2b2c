"""What each bit of `trip_stop.flags` says about one stop visit, for people and for programs."""

from __future__ import annotations

from enum import IntFlag


class Flag(IntFlag):
    """One bit per fact about a stop visit."""

    INTERPOLATED = 1
    EXTRAPOLATED = 2
    IMPLAUSIBLE_TIME = 4
    CORRECTED_BOARDING = 8
    IMPUTED_ALIGHTING = 16
    MOSTLY_IMPUTED = 32
    BALANCED = 64
    OVER_CAPACITY = 128
    UNKNOWN_CAPACITY = 256


MEANINGS = {
    Flag.INTERPOLATED: "통과 이력이 빠져 앞뒤 정류소의 시각으로 채움",
    Flag.EXTRAPOLATED: "운행의 처음 또는 끝의 통과 이력이 빠져 운행 속도로 채움",
    Flag.IMPLAUSIBLE_TIME: "통과 시각의 앞뒤가 맞지 않음",
    Flag.CORRECTED_BOARDING: "카드가 적은 승차 정류소를 BMS로 바로잡은 승차가 있음",
    Flag.IMPUTED_ALIGHTING: "하차 태그가 없어 추정한 하차가 있음",
    Flag.MOSTLY_IMPUTED: "하차의 절반 이상이 추정값",
    Flag.BALANCED: "재차인원이 음수가 되지 않게 하차를 옮김",
    Flag.OVER_CAPACITY: "재차인원이 분모로 쓴 인원을 넘음",
    Flag.UNKNOWN_CAPACITY: "차량 대장에 정원이 없어 기본값을 씀",
}


def meanings(flags: int) -> list[str]:
    """Return the Korean sentence of every bit set in `flags`, in bit order."""
    return [text for flag, text in MEANINGS.items() if flags & flag]
