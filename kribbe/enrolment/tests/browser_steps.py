"""Steps of a request that several journeys in a browser take."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page


def tell_child_and_parent(page: Page) -> None:
    """Fill the first step: Noor Maes of two months, Kerkstraat 12, by her mother Els."""
    page.get_by_label("Ja", exact=True).check()
    page.get_by_label("Geboortedatum").fill(str(timezone.localdate() - timedelta(days=60)))
    page.locator("#id_first_name_0").fill("Noor")
    page.locator("#id_last_name_0").fill("Maes")
    page.get_by_label("Straat en nummer").first.fill("Kerkstraat 12")
    page.get_by_label("Postcode").first.fill("3999")
    page.get_by_label("Gemeente").first.fill("Lindedaal")
    page.locator("#id_first_name").fill("Els")
    page.locator("#id_last_name").fill("Maes")
    page.locator("#id_email").fill("els.maes@ouders.example")
