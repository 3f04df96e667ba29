"""Write docs/reference/currency-rules.md from the rules that are shipped: python tools/make_currency_page.py."""

from __future__ import annotations

from pathlib import Path

from groundside.model.pilot import Flown, Held, Period, Rule, Unit
from groundside.produce.logbook.rule_files import shipped

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "currency-rules.md"
HEAD = """# Currency rules

Made of the rule files by `python tools/make_currency_page.py`; a test compares the two. The rules are data: each says
what has to be held or flown, within which time, and who says so. They tell what lapses when; they are no legal advice,
and the published text goes before them.

- **Dates** are local. A flight is dated by its take-off at its place; what lapses does so at midnight where the pilot
  is at home.
- **Calendar months** run to the end of the last of them: 24 calendar months from any day in January 2024 end with
  31 January 2026.
- **Months and years** end with the same date, and with the last day of the month where it has no such date: five years
  from 29 February 2024 end with 28 February 2029 (Regulation (EEC, Euratom) No 1182/71, article 3).
- **Days** are counted after the day of the flight: what was flown on 1 January counts for 90 days through 1 April, or
  31 March in a leap year.
- **A date printed on a certificate** goes before what the rule reckons, if it is entered.
- **Night** is that of 14 CFR 1.1. A flight counts as one by night if some of it was.
- **What is unknown is not counted for or against**: where it depends on flights whose date, light or aircraft nobody
  knows, the answer is "unknown", with their names.

"""
LEFT_OUT = """## What is not here

- **Practice at night for public safety.** No published rule that says how often was found (22 November 2026):
  14 CFR 107 asks for knowledge only, what could be read of the memorandum of the Department of the Interior does not
  tell day from night, NIST's test methods leave the thresholds to each agency, and NFPA 2400 is not published freely.
  Below is how to write your own.
- **Rules of other countries**, the specific category of the EU, and public aircraft under a certificate of
  authorization, whose terms are each agency's own.

"""
OWN = """## A rule of your own

In a file of your own, in the same words; an unknown one is refused, and the nearest named.

```toml
[[rule]]
id = "our-night-practice"
title = "Night practice of our team"
allows = "flying at night"                  # of what it is a condition
authority = "Our handbook, 4.2"
within = { days = 90 }                      # or calendar_months, months, years; without it nothing lapses
also = ["faa-107-recency"]                  # rules that have to be met too

[rule.flown]                                # or [rule.held]
count = 3                                   # flights: one take-off and one landing each
minutes = 30                                # and so long altogether; by night, where light = "night"
light = "night"
per = "type"                                # each type for itself, or each "aircraft"
types = ["M30T", "Matrice 4T"]              # only these count; also aircraft = [...], purposes = [...]
simulated = false                           # whether simulated flights count too

# [rule.held]
# any_of = ["our-annual-check"]             # kinds of qualification
# renewed_by = ["our-refresher"]            # count only while another still holds
# after = 2025-01-01                        # only what was obtained later

[rule.source]
title = "Our handbook"
url = "https://example.org/handbook"
where = "4.2"
```
"""
WITHIN = {
    Unit.DAYS: "days",
    Unit.CALENDAR_MONTHS: "calendar months",
    Unit.MONTHS: "months",
    Unit.YEARS: "years",
}


def page() -> str:
    """Give the whole page."""
    rows = "\n".join(f"| `{r.id}` | {r.allows} | {_needs(r)} | {_within(r.within)} |" for r in shipped())
    table = f"| rule | condition of | needs | within |\n|---|---|---|---|\n{rows}\n\n"
    return HEAD + table + "\n".join(_section(r) for r in shipped()) + "\n" + LEFT_OUT + OWN


def _section(rule: Rule) -> str:
    source = rule.source
    cited = f"[{source.title}]({source.url}), {source.where}" if source is not None else ""
    lines = [
        f"## {rule.title}",
        "",
        f"`{rule.id}`, {rule.authority}. A condition of: {rule.allows}.",
        "",
        f"- Needs: {_needs(rule)}; within: {_within(rule.within)}.",
        f"- Source: {cited}.",
        f"- Looked up: {rule.verified}; {rule.read}.",
        f"- {rule.note.strip()}",
    ]
    return "\n".join(lines) + "\n"


def _needs(rule: Rule) -> str:
    needs = _flown(rule.needs) if isinstance(rule.needs, Flown) else _held(rule.needs)
    return needs + "".join(f"; `{name}` as well" for name in rule.also)


def _held(needs: Held) -> str:
    kinds = " or ".join(f"`{kind}`" for kind in needs.any_of)
    renewed = " or ".join(f"`{kind}`" for kind in needs.renewed_by)
    after = f" obtained after {needs.after}" if needs.after is not None else ""
    return kinds + after + (f", renewed before it lapses also by {renewed}" if renewed else "")


def _flown(needs: Flown) -> str:
    counted = [f"{needs.count} flight{'s' if needs.count > 1 else ''}"] if needs.count else []
    timed = [f"{needs.minutes} minutes"] if needs.minutes else []
    light = " at night" if needs.light else ""
    return " and ".join([*counted, *timed]) + light + (f" for each {needs.per}" if needs.per else "")


def _within(period: Period | None) -> str:
    return "does not lapse" if period is None else f"{period.count} {WITHIN[period.unit]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
