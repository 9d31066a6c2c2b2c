"""Invented cars: models with their measures and prices, plates and chassis numbers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Model:
    """A model as the register knows it; `light` = 경형 by 자동차관리법."""

    name: str
    kind: str
    seats: int
    cc: int | None
    fuel: str
    prices: tuple[int, int]
    """Without value-added tax, in units of 10,000 won."""
    payload_kg: int | None = None
    light: bool = False


MODELS = (
    Model("가온 세단 1.6", "승용", 5, 1598, "휘발유", (1900, 3000)),
    Model("가온 세단 2.0", "승용", 5, 1999, "LPG", (2300, 3200)),
    Model("나래 대형 2.5", "승용", 5, 2497, "휘발유", (3600, 5200)),
    Model("다솜 SUV 7", "승용", 7, 2199, "경유", (2700, 4200)),
    Model("라온 밴 9", "승용", 9, 3470, "휘발유", (3300, 4700)),
    Model("라온 밴 11", "승합", 11, 2199, "경유", (3300, 4300)),
    Model("마루 HEV", "승용", 5, 1598, "하이브리드", (2900, 4000)),
    Model("새빛 EV", "승용", 5, None, "전기", (3900, 5600)),
    Model("새빛 FCEV", "승용", 5, None, "수소", (6200, 7000)),
    Model("꼬마 1.0", "승용(경형)", 5, 998, "휘발유", (1250, 1980)),
    Model("꼬마 밴", "화물(경형)", 2, 796, "LPG", (1000, 1400), 550, light=True),
    Model("큰들 1톤", "화물", 3, 2497, "경유", (1900, 2600), 1000),
    Model("바람 250", "이륜", 2, 249, "휘발유", (420, 780)),
    Model("나래 택시", "승용", 5, 1999, "LPG", (2100, 2600)),
    Model("가온 버스 45", "승합", 46, 10964, "CNG", (15000, 19000)),
    Model("새빛 전기트럭", "화물", 3, None, "전기", (3700, 4400), 1000),
)
BY_NAME = {model.name: model for model in MODELS}

_PRIVATE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주"
_COMMERCIAL = "바사아자"
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass
class Register:
    """Gives out plates and chassis numbers, each once."""

    dice: random.Random
    _given: set[str] = field(default_factory=set)

    def plate(self, commercial: bool = False, motorcycle: bool = False) -> str:
        """Return a new plate."""
        dice = self.dice
        while True:
            letter = dice.choice(_COMMERCIAL if commercial else _PRIVATE)
            number = f"{letter}{dice.randrange(1000, 10_000)}"
            front = f"{dice.randrange(100, 700)}"
            if motorcycle:
                front = f"경기연습{dice.choice('가나다라')}"
                number = f"{dice.randrange(1000, 10_000)}"
            elif commercial:
                front = f"경기{dice.randrange(30, 80)}"
            plate = front + number
            if plate not in self._given:
                self._given.add(plate)
                return plate

    def vin(self) -> str:
        """Return a chassis number of a maker that does not exist (KXX)."""
        return (
            "KXX"
            + "".join(self.dice.choice(_VIN) for _ in range(8))
            + (f"{self.dice.randrange(1_000_000):06d}")
        )


def price(model: Model, dice: random.Random, used: bool) -> int:
    """Return what is paid, in won; a used car costs about half."""
    low, high = model.prices
    amount = dice.randrange(low, high) * 10_000 + dice.randrange(0, 1000) * 10
    return amount // 2 // 10 * 10 if used else amount
