"""The product against the practice tax office, which knows the law from a table of its own.

Article, notice, last day of the duty and the cross-check must come out as the office's truth says,
for every grant of a week whose list has wrong figures and unknown codes in it.
"""

from __future__ import annotations

from collections import Counter

from gongmu.core.city import load_city
from gongmu.relief.assess import load_law
from gongmu.relief.codes import default_codes
from gongmu.relief.crosscheck import cross_check
from gongmu.relief.intake import read_relief_list
from tests.relief.lists import TODAY, forms, key, register, truth


def test_every_grant_is_judged_as_the_office_knows_it() -> None:
    law = load_law(load_city("practice").relief)
    data = forms(register())["감면대장.xls"]
    found = read_relief_list(data, "감면대장.xls", default_codes(), key, TODAY)
    seen: Counter[str] = Counter()
    for grant in found.grants:
        true = truth()[grant.tax_number]
        check = cross_check(grant, law)
        status = str(check.status)
        assert check.decision.notice_code == true["notice"]
        if true["unknown_code"]:
            assert status == "cannot_compute"
        else:
            assert status == ("agree" if true["figures_right"] else "differ")
            assert str(check.decision.clawback_until_on) == str(true["ends_on"])
        seen[status] += 1
    assert min(seen[status] for status in ("agree", "differ", "cannot_compute")) > 0
