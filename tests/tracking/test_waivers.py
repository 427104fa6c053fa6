"""Which stops may be waived: every stop is decided, the settings offer these and no others, and the docs say so."""

from __future__ import annotations

from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from config import schema
from config.loader import shipped
from scanner_app.workflows.registry import WORKFLOWS
from tracking.catalogue import LEVELS
from tracking.site import Policy, SiteError, load
from tracking.waivers import NEVER, WAIVERS, markdown, may_be_waived, usual

PAGE = Path(__file__).parents[2] / "docs" / "people-and-overrides.md"


def test_every_stop_is_decided_once() -> None:
    stops = {code for code, level in LEVELS.items() if level == "stop"}
    assert set(WAIVERS) | set(NEVER) == stops
    assert set(WAIVERS) & set(NEVER) == set()


def test_what_is_stolen_recalled_or_held_is_never_waived() -> None:
    for code in ("stolen", "recalled", "held", "unknown_code", "consumed", "written_off"):
        assert not any(may_be_waived(code, task) for task in WORKFLOWS), code


def test_every_task_of_the_table_is_one() -> None:
    assert {task for waiver in WAIVERS.values() for task in waiver.tasks} <= set(WORKFLOWS)


def test_the_settings_offer_these_and_no_others() -> None:
    offered = get_args(get_args(get_type_hints(schema.Policy)["overridable"])[0])
    assert set(offered) == set(WAIVERS)
    assert shipped().policy.overridable == Policy().overridable == usual()


def test_a_site_that_would_waive_anything_else_is_refused() -> None:
    with pytest.raises(SiteError, match="'stolen' is none of over_quantity"):
        load(b'{"site":"HAM","policy":{"overridable":["stolen"]}}')


def test_the_documentation_has_this_very_table() -> None:
    assert markdown() in PAGE.read_text("utf-8"), "render it again: tracking.waivers.markdown()"
