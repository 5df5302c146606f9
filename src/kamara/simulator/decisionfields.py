"""The fields of a decision that hang on its type (`extraFieldValues` in Diavgeia), with their amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random

from kamara.simulator.budget import Line
from kamara.simulator.numbers import firm_afm, synthetic_afm
from kamara.simulator.work import YEAR, Work

SOURCE = "decisions"
_BUDGET = "Τακτικός Προϋπολογισμός"
Fields = dict[str, object]
# Approvals rest on commitments, payments on approvals: type -> field that says so, type of what it names.
_RESTS_ON = {"Β.2.1": ("relatedAnalipsiYpoxreosis", "Β.1.3"), "Β.2.2": ("relatedEkgrisiDapanis", "Β.2.1")}


class FieldMaker:
    """Makes the fields of decisions, and counts their money into what is expected."""

    def __init__(self, work: Work, numbers: Random, lines: list[Line]) -> None:
        self._work = work
        self._numbers = numbers
        self._lines = lines
        self._expected = work.expectation(SOURCE)

    def fields(self, kind: str, earlier: Mapping[str, Sequence[str]]) -> Fields:
        """The fields of a decision of type `kind`; `earlier` are ADAs that it may rest on, by type."""
        made: Fields = self._by_type().get(kind, dict)()
        if kind in _RESTS_ON:
            name, of = _RESTS_ON[kind]
            made[name] = [self._numbers.choice(earlier[of])] if earlier.get(of) else []
        return made | {"relatedDecisions": [], "documentType": "ΠΡΑΞΗ"}

    def _by_type(self) -> dict[str, Callable[[], Fields]]:
        return {
            "Β.1.3": self._commitment,
            "Β.2.1": self._expense,
            "Β.2.2": self._expense,
            "Δ.1": self._award,
            "Δ.2.2": self._award,
            "Δ.2.1": self._tender,
        }

    def _amount(self, name: str, cents: int) -> Fields:
        self._expected.add(name, Decimal(cents) / 100)
        return {"amount": cents / 100, "currency": "EUR"}

    def _cents(self) -> int:
        return round(10 ** self._numbers.uniform(4, 7.5))

    def _commitment(self) -> Fields:
        cents = self._cents()
        by_kae = []
        if self._work.falls(self._numbers, "decision-kae-empty"):
            self._expected.cases["kae empty"] += 1
        else:
            line = self._numbers.choice(self._lines)
            self._expected.cases["kae"] += 1
            self._expected.add("amountWithKae", Decimal(cents) / 100)
            by_kae = [
                {
                    "amountWithVAT": cents / 100,
                    "kae": f"{line.service}-{line.ka}",
                    "kaeBudgetRemainder": line.cents[1] / 100,
                    "kaeCreditRemainder": line.cents[1] / 100,
                }
            ]
        return {
            "financialYear": YEAR,
            "budgettype": _BUDGET,
            "entryNumber": f"Α/{self._numbers.randrange(1, 10000)}",
            "partialead": False,
            "recalledExpenseDecision": False,
            "amountWithVAT": self._amount("amountWithVAT", cents),
            "amountWithKae": by_kae,
            "relatedPartialADA": None,
        }

    def _expense(self) -> Fields:
        payees = [self._payee() for _ in range(self._numbers.randrange(1, 4))]
        return {"org": self._firm(1), "sponsor": payees}

    def _payee(self) -> Fields:
        named = not self._work.falls(self._numbers, "decision-sponsor-unnamed")
        self._expected.cases["payees" if named else "payees unnamed"] += 1
        return {
            "sponsorAFMName": self._firm(self._numbers.randrange(2, 99999)) if named else {},
            "expenseAmount": self._amount("expenseAmount", self._cents()),
        }

    def _firm(self, number: int) -> Fields:
        name = f"ΠΡΟΣΟΜΟΙΩΜΕΝΗ ΕΤΑΙΡΕΙΑ {number}"
        return {
            "afm": firm_afm(number),
            "afmType": "EL",
            "afmCountry": "EL",
            "enterName": False,
            "name": name,
        }

    def _award(self) -> Fields:
        person = {
            "afm": synthetic_afm(self._numbers),
            "name": "ΠΡΟΣΟΜΟΙΩΜΕΝΟ ΠΡΟΣΩΠΟ",
            "enterName": False,
            "afmType": "EL",
        }
        return {
            "person": [person],
            "awardAmount": self._amount("awardAmount", self._cents()),
            "textRelatedADA": None,
        }

    def _tender(self) -> Fields:
        return {
            "cpv": None,
            "contestProgressType": "Ανοικτός",
            "manifestContractType": "Υπηρεσίες",
            "orgBudgetCode": None,
            "estimatedAmount": self._amount("estimatedAmount", self._cents()),
            "textRelatedADA": None,
        }
