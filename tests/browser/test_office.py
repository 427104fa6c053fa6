"""What the office sees and clicks, in a real browser."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import HOSTILE
from tests.server.fleet import Office

PAGES = (
    "/",
    "/documents",
    "/exceptions",
    "/devices",
    "/documents/PO-1",
    "/units/PUMP/SN-1",
    "/units?q=SN",
    "/recall?component=PUMP/SN-1",
    "/counts",
    "/counts/CS-1",
)
FAINT = """
() => {
  const light = text => {
    const parts = text.match(/[0-9.]+/g).map(Number);
    if (parts.length > 3 && parts[3] === 0) return null;
    const [r, g, b] = parts.slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const found = light(getComputedStyle(each).backgroundColor);
      if (found !== null) return found;
    }
    return 1;
  };
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  return [...document.querySelectorAll("button, main a, main td, main th, main h1, main h2, main p, main label")]
    .filter(each => each.innerText.trim() && each.checkVisibility())
    .filter(each => contrast(light(getComputedStyle(each).color), behind(each)) < 4.5)
    .map(each => each.innerText);
}
"""
"""What on a page cannot be told from its ground: less contrast than WCAG 2 wants of text (1.4.3)."""


def signed_in(visitor: BrowserContext, office: Office, first: str = "/") -> Page:
    page = visitor.new_page()
    page.goto(first)
    page.get_by_label("Token").fill(office.running.office_token)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_signing_in_leads_to_the_page_that_was_asked_for(visitor: BrowserContext, office: Office) -> None:
    page = visitor.new_page()
    page.goto("/documents")
    page.get_by_label("Token").fill("guessed")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Token").fill(office.running.office_token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{office.running.url}/documents")
    expect(page.get_by_role("link", name="PO-1")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/documents")
    expect(page.get_by_label("Token")).to_be_visible()


def test_from_an_order_to_a_units_whole_story(visitor: BrowserContext, office: Office) -> None:
    page = signed_in(visitor, office)
    page.get_by_role("link", name="Documents", exact=True).click()
    page.get_by_role("link", name="PO-1").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PO-1")
    page.get_by_label("Search").fill("SN-1")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="SN-1").first.click() if "q=" in page.url else None
    expect(page.get_by_role("heading", level=1)).to_have_text("SN-1")
    story = page.locator(".timeline")
    expect(story).to_contain_text("Ada")
    expect(story).to_contain_text("dented")
    expect(page.get_by_role("heading", name="Facts that cannot both be right")).to_be_visible()


def test_a_hostile_serial_number_is_text(visitor: BrowserContext, office: Office) -> None:
    page = signed_in(visitor, office, "/units?q=script")
    page.goto("/documents/PO-1")
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.title() != "taken"


def test_a_recall_leads_to_the_units(visitor: BrowserContext, office: Office) -> None:
    page = signed_in(visitor, office)
    page.get_by_role("link", name="Recall", exact=True).click()
    page.get_by_label("Item/serial number").fill("PUMP/SN-1")
    page.get_by_role("button", name="Find by component").click()
    expect(page.get_by_role("heading", name="1 affected by PUMP/SN-1")).to_be_visible()
    page.get_by_role("link", name="SN-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SN-1")


@pytest.mark.parametrize("width", [400, 1200])
def test_every_page_fits_asks_nobody_else_and_reports_no_fault(
    visitor: BrowserContext, office: Office, width: int
) -> None:
    page = signed_in(visitor, office)
    page.set_viewport_size({"width": width, "height": 800})
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for address in PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(office.running.url).netloc}
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_to_be_read_or_pressed_is_as_pale_as_its_ground(
    visitor: BrowserContext, office: Office, scheme: Literal["light", "dark"]
) -> None:
    page = signed_in(visitor, office)
    page.emulate_media(color_scheme=scheme)
    faint: dict[str, list[str]] = {}
    for address in PAGES:
        page.goto(address)
        faint[address] = page.evaluate(FAINT)
    assert {address: texts for address, texts in faint.items() if texts} == {}


def test_a_count_says_who_counted_what_and_what_was_empty(visitor: BrowserContext, office: Office) -> None:
    page = signed_in(visitor, office, "/counts/CS-1")
    rows = page.locator("section", has=page.get_by_role("heading", name="Who counted what")).locator(
        "tbody tr"
    )
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Ada")
    expect(rows.nth(1)).to_contain_text("empty")
    expect(page.get_by_role("button", name="Reject: count again")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_on_a_page_stays_in_its_card_and_the_tabs_can_be_seen(
    visitor: BrowserContext, office: Office, width: int
) -> None:
    page = signed_in(visitor, office, "/devices")
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_label("Site").fill("HAM")
    page.get_by_role("button", name="Make a one-time code").click()
    card, code = page.locator(".card.code").bounding_box(), page.locator(".code .big").bounding_box()
    picture = page.locator(".qr svg").bounding_box()
    assert card is not None
    assert code is not None
    assert picture is not None
    for inner in (code, picture):
        assert card["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= card["x"] + card["width"]
        assert inner["y"] + inner["height"] <= card["y"] + card["height"]
    assert code["height"] < 2 * 40, "the code is one line"
    for tab in page.locator(".tabs a, .tabs button").all():
        box = tab.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width, tab.inner_text()


def test_on_a_phone_every_figure_of_the_overview_is_whole(visitor: BrowserContext, office: Office) -> None:
    page = signed_in(visitor, office)
    page.set_viewport_size({"width": 390, "height": 800})
    # As many as there are with a unit in every status.
    page.evaluate("""() => document.querySelectorAll(".matrix tr").forEach(
      row => { row.lastElementChild.textContent = "12'345";
               for (let more = 0; more < 9; more++) row.append(row.lastElementChild.cloneNode(true)); })""")
    cells = page.locator(".matrix tbody td:visible")
    assert cells.count() > 1
    for cell in cells.all():
        box = cell.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390, cell.inner_text()
