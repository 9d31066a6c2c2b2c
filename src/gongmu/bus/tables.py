"""The tables of the bus room: what intake hands over and what analysis publishes.

A table is a name and its columns; each column has a Polars type and one Korean sentence that
names its unit. Times are seconds since 00:00 of the service day (04:00 to 03:59, so up to
100,799). Identifiers are text, always. Quiet: this module reaches nothing outside itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

Text = pl.String()
Day = pl.Date()
Second = pl.Int32()
Count = pl.Int32()
Small = pl.Int16()
Number = pl.Float64()
Yes = pl.Boolean()


@dataclass(frozen=True)
class Column:
    """One column: its type and what it holds, in Korean."""

    dtype: pl.DataType
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A named table with typed columns in published order."""

    name: str
    title: str
    columns: Mapping[str, Column]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Return column name to Polars type, in order."""
        return {name: column.dtype for name, column in self.columns.items()}

    def empty(self) -> pl.DataFrame:
        """Return the table with no rows."""
        return pl.DataFrame(schema=self.schema)

    def shape(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` with exactly these columns, order and types.

        An absent optional column becomes null; an absent required one raises
        `polars.exceptions.ColumnNotFoundError`.
        """
        present = set(frame.columns)
        return frame.select(
            pl.lit(None, dtype=column.dtype).alias(name)
            if column.optional and name not in present
            else pl.col(name).cast(column.dtype)
            for name, column in self.columns.items()
        )


def _c(dtype: pl.DataType, meaning: str) -> Column:
    return Column(dtype, meaning)


def _o(dtype: pl.DataType, meaning: str) -> Column:
    return Column(dtype, meaning, optional=True)


LINEAGE = {
    "file_id": _c(Text, "원본 파일 내용 해시의 앞 16자리"),
    "row_number": _c(Count, "원본 파일에서의 행 번호(머리글 포함, 1부터)"),
}

# ---------------------------------------------------------------- intake hands these over

TAPS = Table(
    "taps",
    "교통카드 이용 내역(한 번 탄 것이 한 줄)",
    LINEAGE
    | {
        "service_day": _c(Day, "운행일(04:00~03:59)"),
        "card": _c(pl.UInt64(), "카드번호의 가명(열쇠 있는 해시)"),
        "vehicle_id": _o(Text, "정산사 차량ID, '정산사:지역:ID'"),
        "vehicle_plate": _o(Text, "차량등록번호"),
        "route_id": _o(Text, "정산사 노선ID, '정산사:지역:ID'"),
        "route_std_id": _o(Text, "표준 노선ID"),
        "boarded_s": _c(Second, "승차 시각(초)"),
        "board_stop_id": _o(Text, "정산사 승차 정류장ID, '정산사:지역:ID'"),
        "board_stop_std_id": _o(Text, "표준 승차 정류장ID"),
        "alighted_s": _o(Second, "하차 시각(초), 하차 태그가 없으면 빔"),
        "alight_stop_id": _o(Text, "정산사 하차 정류장ID, '정산사:지역:ID'"),
        "alight_stop_std_id": _o(Text, "표준 하차 정류장ID"),
        "transaction_id": _o(Text, "트랜잭션ID"),
        "transfer_count": _o(Small, "환승 건수"),
        "user_type": _o(Text, "이용자 유형 코드"),
        "riders": _c(Small, "이용자 수(다인승)"),
        "distance_m": _o(Count, "이용 거리(m)"),
        "fare_won": _o(Count, "이용 금액(원)"),
        "mode": _o(Text, "교통수단 코드"),
    },
)

STOP_EVENTS = Table(
    "stop_events",
    "정류소 통과 이력(BMS)",
    LINEAGE
    | {
        "service_day": _c(Day, "운행일"),
        "route_id": _c(Text, "노선ID(BMS)"),
        "direction": _c(pl.Int8(), "방향: 1 상행, 2 하행, 0 순환"),
        "trip_id": _c(Text, "운행ID"),
        "vehicle_id": _c(Text, "차량ID(BMS)"),
        "stop_seq": _c(Small, "정류소 순번(1부터)"),
        "stop_id": _c(Text, "정류소ID(BMS, 표준)"),
        "arrived_s": _c(Second, "도착 시각(초)"),
        "departed_s": _c(Second, "출발 시각(초)"),
    },
)

ROUTES = Table(
    "routes",
    "노선",
    {
        "route_id": _c(Text, "노선ID(BMS, 표준)"),
        "route_name": _c(Text, "노선번호"),
        "route_type": _o(Text, "노선 유형"),
        "origin": _o(Text, "기점"),
        "destination": _o(Text, "종점"),
        "operator": _o(Text, "운수사"),
        "licensed_vehicles": _o(Small, "인가 대수"),
        "licensed_trips": _o(Small, "인가 운행횟수(하루, 편도)"),
        "settlement_route_id": _o(Text, "정산사 노선ID, '정산사:지역:ID'"),
    },
)

ROUTE_STOPS = Table(
    "route_stops",
    "노선별 정류소 순서",
    {
        "route_id": _c(Text, "노선ID"),
        "direction": _c(pl.Int8(), "방향"),
        "stop_seq": _c(Small, "정류소 순번(1부터)"),
        "stop_id": _c(Text, "정류소ID"),
        "distance_m": _o(Number, "기점부터 누적 거리(m)"),
    },
)

STOPS = Table(
    "stops",
    "정류소",
    {
        "stop_id": _c(Text, "정류소ID(표준)"),
        "stop_name": _c(Text, "정류소명"),
        "ars_id": _o(Text, "정류소 고유번호(ARS)"),
        "latitude": _c(Number, "위도(도)"),
        "longitude": _c(Number, "경도(도)"),
        "district": _o(Text, "행정동"),
        "settlement_stop_id": _o(Text, "정산사 정류장ID, '정산사:지역:ID'"),
    },
)

VEHICLES = Table(
    "vehicles",
    "차량 대장",
    {
        "vehicle_id": _c(Text, "차량ID(BMS)"),
        "vehicle_plate": _c(Text, "차량등록번호"),
        "operator": _o(Text, "운수사"),
        "vehicle_type": _o(Text, "차종: 대형, 중형, 소형"),
        "capacity": _c(Small, "승차 정원(명)"),
        "seats": _c(Small, "좌석 수"),
        "settlement_vehicle_id": _o(Text, "정산사 차량ID, '정산사:지역:ID'"),
    },
)

TIMETABLE = Table(
    "timetable",
    "배차 시간표(인가)",
    {
        "route_id": _c(Text, "노선ID"),
        "direction": _c(pl.Int8(), "방향"),
        "day_type": _o(Text, "요일 구분: 평일, 토요일, 공휴일"),
        "trip_number": _c(Small, "회차(1부터)"),
        "departs_s": _c(Second, "기점 출발 시각(초)"),
    },
)

SETTLEMENT_STOPS = Table(
    "settlement_stops",
    "정산사 정류장(STTN, ROUTESTTN)",
    {
        "stop_id": _c(Text, "정산사 정류장ID, '정산사:지역:ID'"),
        "stop_name": _o(Text, "정류장 명칭"),
        "ars_id": _o(Text, "정류장 ARS 번호"),
        "latitude": _o(Number, "위도(도)"),
        "longitude": _o(Number, "경도(도)"),
    },
)

SETTLEMENT_ROUTE_STOPS = Table(
    "settlement_route_stops",
    "정산사 노선별 정류장(ROUTESTTN)",
    {
        "route_id": _c(Text, "정산사 노선ID, '정산사:지역:ID'"),
        "route_name": _o(Text, "노선 명칭"),
        "stop_seq": _c(Small, "정류장 순번(원본 그대로)"),
        "stop_id": _c(Text, "정산사 정류장ID, '정산사:지역:ID'"),
        "distance_m": _o(Number, "노선 누적 거리(m)"),
    },
)

MONTHLY_STOP_HOURS = Table(
    "monthly_stop_hours",
    "월별 노선·정류장·시간대 승하차(서울 형식)",
    LINEAGE
    | {
        "month": _c(Day, "사용 월의 첫날"),
        "route_name": _c(Text, "노선번호"),
        "route_title": _o(Text, "노선명"),
        "stop_id": _o(Text, "표준 정류장ID"),
        "ars_id": _o(Text, "정류장 ARS 번호"),
        "stop_name": _c(Text, "역명"),
        "hour": _c(pl.Int8(), "시간대(0~23)"),
        "boardings": _c(Count, "승차 승객 수"),
        "alightings": _c(Count, "하차 승객 수"),
    },
)

STOP_COUNTS = Table(
    "stop_counts",
    "승하차 계수기(APC) 자료",
    LINEAGE
    | {
        "service_day": _c(Day, "운행일"),
        "route_id": _c(Text, "노선ID"),
        "direction": _o(pl.Int8(), "방향"),
        "trip_id": _c(Text, "운행ID"),
        "vehicle_id": _o(Text, "차량ID"),
        "stop_seq": _c(Small, "정류소 순번"),
        "stop_id": _c(Text, "정류소ID"),
        "stop_name": _o(Text, "정류소명"),
        "boardings": _c(Count, "승차"),
        "alightings": _c(Count, "하차"),
        "load": _o(Count, "계수기가 기록한 재차인원(출발 때)"),
    },
)

HOURLY_LOADS = Table(
    "hourly_loads",
    "노선·정류장·시간대 재차인원(교통카드 통계 누리집 형식)",
    LINEAGE
    | {
        "route_name": _c(Text, "노선번호"),
        "course": _o(Text, "기점 - 종점"),
        "stop_seq": _c(Small, "정류장 순번"),
        "stop_name": _c(Text, "정류장명"),
        "hour": _c(pl.Int8(), "시간대(0~23)"),
        "load": _c(Count, "재차인원"),
    },
)

SET_ASIDE = Table(
    "set_aside",
    "따로 둔 행",
    LINEAGE
    | {
        "file_name": _c(Text, "파일 이름"),
        "column": _o(Text, "문제가 된 열"),
        "reason": _c(Text, "까닭(안정된 영문 부호)"),
        "message": _c(Text, "까닭과 할 일(개인정보 없음)"),
    },
)

# ---------------------------------------------------------------- analysis publishes these

_WHO = {
    "service_day": _c(Day, "운행일"),
    "route_id": _c(Text, "노선ID"),
    "direction": _c(pl.Int8(), "방향: 1 상행, 2 하행, 0 순환"),
}

TRIP_STOP = Table(
    "trip_stop",
    "운행·정류소별 재차",
    _WHO
    | {
        "trip_id": _c(Text, "운행ID"),
        "vehicle_id": _c(Text, "차량ID(BMS)"),
        "stop_seq": _c(Small, "정류소 순번"),
        "stop_id": _c(Text, "정류소ID"),
        "arrived_at": _c(pl.Datetime("us", "Asia/Seoul"), "도착 시각"),
        "departed_at": _c(pl.Datetime("us", "Asia/Seoul"), "출발 시각"),
        "boardings": _c(Number, "승차(명), 균형을 맞춘 값"),
        "alightings": _c(Number, "하차(명), 균형을 맞춘 값"),
        "load_raw": _c(Number, "재차인원: 기록된 태그만"),
        "load_imputed": _c(Number, "재차인원: 빠진 하차를 채운 값"),
        "load": _c(Number, "재차인원: 균형을 맞춘 값, 출발할 때(명)"),
        "capacity": _c(Small, "분모로 쓴 인원(명): 정원 또는 좌석 수"),
        "load_factor": _c(Number, "재차율 = 재차인원 ÷ 분모 (0..)"),
        "flags": _c(pl.UInt16(), "자료 상태 깃발의 합(bus/flags 뜻풀이)"),
    },
)

ROUTE_HOUR = Table(
    "route_hour",
    "노선·방향·시간대",
    _WHO
    | {
        "hour": _c(pl.Int8(), "시간대: 그 정류소를 출발한 시(4~27)"),
        "trips": _c(Count, "이 시간대에 달린 운행 수"),
        "boardings": _c(Number, "승차(명)"),
        "alightings": _c(Number, "하차(명)"),
        "load_mean": _c(Number, "평균 재차인원"),
        "load_max": _c(Number, "최대 재차인원"),
        "load_factor_mean": _c(Number, "평균 재차율"),
        "load_factor_max": _c(Number, "최대 재차율"),
        "peak_stop_seq": _c(Small, "최대 재차 정류소 순번"),
        "peak_stop_id": _c(Text, "최대 재차 정류소ID"),
        "over_capacity_minutes": _c(Number, "정원을 넘은 승객·분"),
        "congestion": _c(Text, "혼잡 등급(최대 재차율 기준)"),
    },
)

STOP_HOUR = Table(
    "stop_hour",
    "정류소·시간대",
    _WHO
    | {
        "stop_seq": _c(Small, "정류소 순번"),
        "stop_id": _c(Text, "정류소ID"),
        "hour": _c(pl.Int8(), "시간대(4~27)"),
        "visits": _c(Count, "정차 수"),
        "boardings": _c(Number, "승차(명)"),
        "alightings": _c(Number, "하차(명)"),
        "load_mean": _c(Number, "출발할 때 평균 재차인원"),
        "load_max": _c(Number, "출발할 때 최대 재차인원"),
        "load_factor_mean": _c(Number, "평균 재차율"),
        "load_factor_max": _c(Number, "최대 재차율"),
    },
)

SEGMENT_HOUR = Table(
    "segment_hour",
    "구간·시간대",
    _WHO
    | {
        "from_stop_seq": _c(Small, "구간 시작 정류소 순번"),
        "from_stop_id": _c(Text, "구간 시작 정류소ID"),
        "to_stop_id": _c(Text, "구간 끝 정류소ID"),
        "hour": _c(pl.Int8(), "시간대(4~27): 시작 정류소를 출발한 시"),
        "trips": _c(Count, "운행 수"),
        "load_sum": _c(Number, "재차인원 합(구간별 총 승객수)"),
        "load_mean": _c(Number, "평균 재차인원"),
        "load_max": _c(Number, "최대 재차인원"),
        "load_factor_max": _c(Number, "최대 재차율"),
        "running_seconds_mean": _c(Number, "평균 구간 운행 시간(초)"),
        "congestion": _c(Text, "혼잡 등급(최대 재차율 기준)"),
    },
)

OD = Table(
    "od",
    "기종점: 한 번 탄 것의 승차와 하차",
    _WHO
    | {
        "hour": _c(pl.Int8(), "승차 시간대(4~27)"),
        "board_stop_id": _c(Text, "승차 정류소ID"),
        "alight_stop_id": _c(Text, "하차 정류소ID"),
        "riders": _c(Number, "통행(명)"),
        "imputed_riders": _c(Number, "그 가운데 하차를 추정한 명"),
    },
)

TRANSFER = Table(
    "transfer",
    "환승: 내린 노선·정류소에서 탄 노선·정류소",
    {
        "service_day": _c(Day, "운행일"),
        "hour": _c(pl.Int8(), "두 번째 승차 시간대(4~27)"),
        "from_route_id": _c(Text, "내린 노선ID"),
        "from_stop_id": _c(Text, "내린 정류소ID"),
        "to_route_id": _c(Text, "탄 노선ID"),
        "to_stop_id": _c(Text, "탄 정류소ID"),
        "riders": _c(Number, "환승(명)"),
        "wait_seconds_mean": _c(Number, "내린 뒤 탈 때까지 평균(초)"),
    },
)

TAP = Table(
    "tap",
    "이용 내역별 판정",
    LINEAGE
    | _WHO
    | {
        "card": _c(pl.UInt64(), "카드번호의 가명"),
        "trip_id": _o(Text, "이어진 운행ID, 못 이으면 빔"),
        "vehicle_id": _o(Text, "차량ID(BMS)"),
        "riders": _c(Small, "이용자 수"),
        "boarded_s": _c(Second, "승차 시각(초, 카드 시계 그대로)"),
        "clock_offset_s": _o(Count, "이 차량·운행일의 카드 시계 보정(초)"),
        "board_stop_recorded": _o(Text, "카드가 적은 승차 정류소ID"),
        "board_stop_id": _o(Text, "BMS로 바로잡은 승차 정류소ID"),
        "board_stop_seq": _o(Small, "바로잡은 승차 순번"),
        "board_decided": _c(Text, "정한 방법: same, corrected, card_only, unmatched"),
        "alighted_s": _o(Second, "하차 시각(초)"),
        "alight_stop_recorded": _o(Text, "카드가 적은 하차 정류소ID"),
        "alight_stop_id": _o(Text, "쓴 하차 정류소ID"),
        "alight_stop_seq": _o(Small, "쓴 하차 순번"),
        "alight_decided": _c(
            Text,
            "정한 방법: recorded, next_boarding, return_home, history, distribution, "
            "terminal, unmatched",
        ),
        "alight_walk_m": _o(Number, "추정 하차에서 다음 승차까지 직선거리(m)"),
        "user_type": _o(Text, "이용자 유형 코드"),
        "transfer_count": _o(Small, "환승 건수"),
    },
)

TRIP = Table(
    "trip",
    "운행별 요약과 최대 재차 구간",
    _WHO
    | {
        "trip_id": _c(Text, "운행ID"),
        "vehicle_id": _c(Text, "차량ID(BMS)"),
        "departed_s": _c(Second, "기점 출발(초)"),
        "arrived_s": _c(Second, "종점 도착(초)"),
        "boardings": _c(Number, "승차(명)"),
        "load_max": _c(Number, "최대 재차인원"),
        "peak_stop_seq": _c(Small, "최대 재차 정류소 순번"),
        "peak_stop_id": _c(Text, "최대 재차 정류소ID"),
        "load_factor_max": _c(Number, "최대 재차율"),
        "imputed_share": _c(Number, "하차를 추정한 비율(0..1)"),
        "residual": _c(Number, "균형을 맞추기 전 종점에 남은 인원(미하차)"),
        "congestion": _c(Text, "혼잡 등급(최대 재차율 기준)"),
    },
)

QUALITY = Table(
    "quality",
    "자료 품질",
    {
        "service_day": _c(Day, "운행일"),
        "measure": _c(Text, "지표(안정된 영문 부호)"),
        "title": _c(Text, "지표 이름"),
        "count": _c(Number, "건수"),
        "base": _c(Number, "분모"),
        "share": _c(Number, "비율(0..1)"),
        "note": _o(Text, "설명"),
    },
)

INTAKE_TABLES = (
    TAPS,
    STOP_EVENTS,
    ROUTES,
    ROUTE_STOPS,
    STOPS,
    VEHICLES,
    TIMETABLE,
    SETTLEMENT_STOPS,
    SETTLEMENT_ROUTE_STOPS,
    MONTHLY_STOP_HOURS,
    STOP_COUNTS,
    HOURLY_LOADS,
)
PUBLISHED_TABLES = (
    TRIP_STOP,
    TRIP,
    ROUTE_HOUR,
    STOP_HOUR,
    SEGMENT_HOUR,
    OD,
    TRANSFER,
    TAP,
    QUALITY,
)
