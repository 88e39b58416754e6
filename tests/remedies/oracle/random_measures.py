"""Random measures, with any of their fields."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.remedies.oracle.happened import COMPONENTS
from tests.remedies.oracle.random_outages import CAUSES


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """One measure with any of its fields."""
    named = draw(st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=3, unique=True))
    which = draw(st.sampled_from(("any of ", "any of ", "all of ")))
    what = draw(st.sampled_from(("plan ways", "plan ways", "used ways", ", ".join(named))))
    measure: dict[str, Any] = {"components": which + what}
    optional = {
        "counts": (
            "down", "down or degraded", "down or errors over 5 percent",
            "down or errors at least 5 percent", "down or errors over 4.9%",
        ),
        "planned": (
            "counts", "does not count", "does not count if announced 48 hours before",
            "does not count if announced 60 minutes before, between 21:00 and 06:00",
            "does not count, between 00:00 and 12:30 on saturday, sunday, tuesday",
            "does not count, on monday, sunday",
        ),
        "excused": (["force-majeure"], list(CAUSES), "attack"),
        "merge_gaps": (
            "under 1 minute", "under 60 minutes", "under 61 seconds", "under 24 hours",
            "under 60 minutes, not counted", "under 61 seconds, not counted",
        ),
        "stretch": (
            "at least 60 minutes", "over 60 minutes", "over 50 seconds", "at least 1 minute",
        ),
        "window": (
            "outage", "calendar month", "four months", "calendar day", "calendar year",
            "billing cycle",
        ),
        "population": ("holder", "store", "brand", "everyone"),
    }  # fmt: skip
    for field, choices in optional.items():
        if draw(st.integers(0, 4 if field == "population" else 2)) == 0:
            measure[field] = draw(st.sampled_from(choices))
    if "population" in measure and measure.get("window") == "billing cycle":
        del measure["window"]
    if measure.get("planned", "counts") != "counts" and draw(st.booleans()):
        measure["planned_allowance"] = draw(
            st.sampled_from(("1 hours a year", "30 minutes a month", "10 hours a year"))
        )
    if "stretch" in measure and draw(st.booleans()):
        measure["short_stretches"] = draw(
            st.sampled_from(
                (
                    "count where over 5 minutes a day", "count what is over 5 minutes a day",
                    "count where at least 50 seconds a day", "count what is over 50 seconds a day",
                )
            )
        )  # fmt: skip
    return measure
