"""What the columns of the tax system's lists are called. Quiet.

No public source shows the real export, so each column has every name that papers, forms and
neighbouring systems use; `relief.headers` finds them in a sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Table(StrEnum):
    """The three lists."""

    RELIEFS = "감면대장"
    OWNERSHIP = "소유권 변동"
    HOUSEHOLD = "세대 변동"


@dataclass(frozen=True)
class Column:
    """A column of a list: its usual name and the other names that are understood."""

    code: str
    names: tuple[str, ...]
    needed: bool = False

    @property
    def title(self) -> str:
        """Return the usual name, for people."""
        return self.names[0]


def _column(code: str, names: str, *, needed: bool = False) -> Column:
    return Column(code, tuple(names.split()), needed)


RELIEFS = (
    _column(
        "filed_on", "접수일자 신고일자 접수일 신고일 신고접수일 신고접수일자 신청일자", needed=True
    ),
    _column("tax_number", "과세번호 과세관리번호 부과번호 전자과세번호"),
    _column(
        "name",
        "납세자명 납세자성명 성명 납세자 납세의무자 납세의무자명 납세의무자성명 성명법인명 "
        "소유자명 소유자성명 소유자 납세자성명법인명 납세의무자성명법인명 상호성명 성명상호",
        needed=True,
    ),
    _column("person_type", "개인법인구분 납세자구분 개인법인 법인구분 납세의무자구분"),
    _column(
        "number",
        "주민(법인)등록번호 주민등록번호 주민법인번호 주민번호 등록번호 실명번호 생년월일 "
        "주민사업자등록번호 법인등록번호 납세자주민등록번호 납세자주민법인등록번호 "
        "납세의무자주민등록번호 납세의무자주민법인등록번호 주민등록번호법인등록번호",
    ),
    _column(
        "phone",
        "휴대전화 휴대폰 휴대전화번호 휴대폰번호 핸드폰 핸드폰번호 연락처 전화번호 이동전화 "
        "이동전화번호 납세자휴대전화 납세의무자휴대전화 납세자연락처 납세의무자연락처",
    ),
    _column("address", "주소 납세자주소 납세의무자주소 소유자주소 도로명주소 주소지"),
    _column("postcode", "우편번호 납세자우편번호 납세의무자우편번호"),
    _column(
        "plate",
        "차량번호 차량등록번호 자동차등록번호 자동차번호 등록차량번호 차량차량번호",
        needed=True,
    ),
    _column("vin", "차대번호 차량차대번호 차대"),
    _column("car_name", "차명 차량명 자동차명 모델명 차량차명"),
    _column("kind", "차종 차량종류 자동차종류 차량차종 차종구분"),
    _column("seats", "승차정원 정원 승차인원 탑승인원 정원수 차량승차정원 차량정원"),
    _column("cc", "배기량 총배기량 차량배기량"),
    _column("payload_kg", "적재량 최대적재량 적재중량 차량적재량 적재정량"),
    _column("use", "용도 차량용도 용도구분 영업구분 차량용도구분"),
    _column("fuel", "연료 연료종류 사용연료 유종 차량연료 연료구분"),
    _column("acquired_on", "취득일자 취득일 차량취득일 차량취득일자", needed=True),
    _column("registered_on", "등록일자 등록일 차량등록일 차량등록일자 최초등록일", needed=True),
    _column("cause", "취득원인 취득구분 취득사유 취득유형"),
    _column("tax_base_won", "과세표준 과세표준액 과표 시가표준액과세표준 과세과세표준"),
    _column("rate", "세율 취득세율 과세세율"),
    _column("base_tax_won", "산출세액 취득세산출세액 산출취득세 과세산출세액"),
    _column("relief_code", "감면코드 감면부호 감면구분코드 비과세감면코드 감면감면코드"),
    _column(
        "relief_text",
        "감면조문 감면근거 감면근거조문 감면사유 근거조문 감면법조문 감면감면조문 감면법령",
    ),
    _column("relief_rate", "감면율 감면비율 감면감면율"),
    _column(
        "relief_won",
        "감면세액 감면액 감면금액 취득세감면액 취득세감면세액 감면감면세액",
        needed=True,
    ),
    _column("tax_due_won", "납부세액 납부할세액 차감납부세액 실납부세액 납부액 납부납부세액"),
    _column(
        "co_name",
        "공동소유자 공동소유자명 공동소유자성명 공유자 공유자명 공동명의자 공동명의자성명",
    ),
    _column("co_share", "지분 공동소유자지분 공유지분 지분율 소유지분 공동소유지분 공동명의자지분"),
    _column(
        "co_number",
        "공동소유자주민등록번호 공동소유자주민번호 공유자주민등록번호 공동명의자주민등록번호",
    ),
    _column("co_relation", "공동소유자관계 관계 납세자와의관계 공유자관계 공동명의자관계"),
    _column(
        "previous_plate",
        "종전차량번호 종전차량 대체차량번호 종전차량차량번호 종전자동차등록번호 종전차번호",
    ),
    _column(
        "electronic_notice",
        "전자안내신청 전자안내 전자적안내신청 안내방법 전자고지신청 전자고지 전자송달 안내신청 "
        "문자안내신청",
    ),
)

OWNERSHIP = (
    _column("changed_on", "변동일자 변동일 이전일자 이전등록일 이전등록일자 변경일자", needed=True),
    _column("kind", "변동구분 변동사유구분 변경구분 등록구분 변동종류", needed=True),
    _column("plate", "차량번호 차량등록번호 자동차등록번호 자동차번호", needed=True),
    _column("vin", "차대번호 차대"),
    _column(
        "number",
        "전소유자주민등록번호 양도인주민등록번호 종전소유자주민등록번호 변동전소유자주민등록번호",
    ),
    _column("name", "전소유자 양도인 종전소유자 전소유자명 양도인성명"),
    _column(
        "new_number",
        "신소유자주민등록번호 양수인주민등록번호 변동후소유자주민등록번호 새소유자주민등록번호",
    ),
    _column("new_name", "신소유자 신소유자명 양수인 양수인명 양수인성명 새소유자 신소유자성명"),
    _column("new_relation", "관계 전소유자와의관계 양도인과의관계"),
    _column("share", "이전지분 지분 변동지분"),
    _column("reason", "변동사유 사유 이전사유 비고"),
)

HOUSEHOLD = (
    _column("changed_on", "변동일자 변동일 전입일자 전출일자 신고일자 이동일자", needed=True),
    _column("kind", "변동구분 변동사유구분 이동구분 변경구분", needed=True),
    _column("number", "주민등록번호 주민번호 대상자주민등록번호", needed=True),
    _column("name", "성명 대상자 대상자성명 대상자명"),
    _column("plate", "차량번호 감면차량번호 자동차등록번호 차량등록번호"),
    _column("relation", "세대주와의관계 관계 세대주관계"),
    _column("reason", "변동사유 사유 비고"),
)

COLUMNS: Mapping[Table, tuple[Column, ...]] = {
    Table.RELIEFS: RELIEFS,
    Table.OWNERSHIP: OWNERSHIP,
    Table.HOUSEHOLD: HOUSEHOLD,
}
