"""How what names a person stands on a screen until somebody asks for it with a reason."""

from __future__ import annotations

import re

from gongmu.messages.message import mask_phone
from gongmu.relief.grant import Grant
from gongmu.relief.notices import masked_name


def masked_plate(plate: str) -> str:
    """Return a number plate with the middle of its number hidden: 12가3454 → 12가***4."""
    found = re.fullmatch(r"(.*?)(\d{4})", plate)
    if found is None:
        return plate[:2] + "*" * max(len(plate) - 2, 0)
    return f"{found[1]}***{found[2][-1]}"


def masked(grant: Grant) -> dict[str, str]:
    """Return name, plate and phone of a grant as a screen shows them; a company keeps its name."""
    return {
        "name": grant.name if grant.is_company else masked_name(grant.name),
        "plate": masked_plate(grant.plate),
        "phone": mask_phone(grant.phone),
    }
