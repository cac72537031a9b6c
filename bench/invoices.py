"""How long the invoices of many children take, priced and made to tagged PDF, beside the bare compiler.

python -m bench.invoices [CHILDREN]

Every child has its own fee and name, so that no page is made of another's. The bare time is that of the compiler
alone on the same pages, shared out over the same workers.
"""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from typing import Any

from rich.console import Console

STANDARD_SIZE = 10_000
BARE_SIZE = 400
"""Pages that the bare compiler makes at most; its time grows with their number."""
MOST_RATIO = 3


def case(number: int) -> dict[str, Any]:
    """A month of three full days a week at a fee of its own."""
    fee = f"{5 + number % 2500 / 100:.2f}"
    week = {day: ["08:00-17:00"] for day in ("mon", "tue", "thu")}
    return {
        "format": "kribbe.billing.case/1",
        "pack": "flanders",
        "month": "2026-03",
        "child": {"born": "2025-04-02", "school": False},
        "certificates": [{"day_fee": fee, "from": "2026-01-01", "to": "2026-09-30"}],
        "price": {
            "kind": "income",
            "flex": False,
            "beyond_allowance": {"kind": "fixed", "full": "20", "half": "12"},
        },
        "agreement": [{"from": "2025-09-01", "to": None, "weeks": [week]}],
        "closing_days": [],
        "allowance": {"unit": "day", "entitled": "10", "used_before": "0", "told_only": False},
        "days": [],
    }


def sheets(count: int) -> Iterator[Any]:
    """The priced month of each child as it goes on paper."""
    import json

    from kribbe.billing.qr import payment_svg
    from kribbe.billing.words import amount
    from kribbe.rules.billing.pricing import bill
    from kribbe.rules.billing.reading import read_case
    from kribbe.web.branding import Brand
    from kribbe.web.documents import Sheet
    from kribbe.web.words import say

    brand = Brand("Notelaar vzw", "", "bench", "receipt", {}, "016 00 00 00", "", ("nl",))
    for number in range(count):
        result = bill(read_case(json.dumps(case(number)).encode()))
        total = amount(result.total)
        ogm = f"{number:010d}97"
        yield Sheet(
            "billing/invoice",
            {
                "language": "nl",
                "seller": ["Notelaar vzw", "Markt 1", "3000 Leuven"],
                "buyer": [f"Ouder {number}", "Naamsestraat 2", "3000 Leuven"],
                "about": [["Nummer", f"2026-{number:05d}"]],
                "total": total,
                "payment": [["Mededeling", ogm]],
                "qr": payment_svg(
                    name="Notelaar vzw", iban="BE68539007547034", bic="", amount=Decimal(result.total), ogm=ogm
                ),
                "children": [
                    {
                        "name": f"Kind {number}",
                        "lines": [
                            [f"{line.on}", line.what, " ".join(map(say, line.why)), amount(line.amount)]
                            for line in result.lines
                        ],
                        "total": total,
                    }
                ],
                "notes": [],
                "words": {
                    "to_pay": "Te betalen", "qr": "Betaal", "qr_alt": "QR-code", "columns": ["Dag", "Wat", "Bedrag"],
                    "subtotal": "Samen", "total": "Totaal", "vat": "Vrijgesteld van btw.",
                },
            },
            title=f"Factuur 2026-{number:05d}",
            brand=brand,
            language="nl",
        )  # fmt: skip


def bare(part: list[tuple[str, str]]) -> int:
    """The compiler alone."""
    from kribbe.web.documents import _compiled

    return sum(len(_compiled(source, given)) > 0 for source, given in part)


def main() -> None:
    """Print both times, and how many times the bare one it all takes."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kribbe.config.settings")
    django.setup()
    from kribbe.web.documents import _source, pdfs

    count = int(sys.argv[1]) if len(sys.argv) > 1 else STANDARD_SIZE
    workers = os.cpu_count() or 1
    begun = time.perf_counter()
    made = sum(1 for _pdf in pdfs(sheets(count)))
    took = time.perf_counter() - begun
    few = min(count, BARE_SIZE)
    sources = [_source(sheet) for sheet in sheets(few)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(bare, [sources[:1]] * workers))
        begun = time.perf_counter()
        list(pool.map(bare, [sources[first::workers] for first in range(workers)]))
    alone = (time.perf_counter() - begun) / few * count
    Console(width=160).print(
        f"{made:,} invoices priced and made in {took:.1f} s ({took / made * 1000:.1f} ms each) by {workers} workers;"
        f" the compiler alone {alone:.1f} s, ratio {took / alone:.2f} (at most {MOST_RATIO})"
    )


if __name__ == "__main__":
    main()
