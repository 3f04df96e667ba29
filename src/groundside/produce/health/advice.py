"""Whether a battery is done: what is known of it against the limits that somebody set, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from groundside.model.health import Advice, Estimate, Finding, Limit, Reason, Verdict

_GRAVITY = list(Verdict)


def advised(reasons: Iterable[Reason]) -> Advice:
    """Join reasons: the gravest verdict holds. Without any limit compared there is not enough evidence."""
    ordered = sorted(reasons, key=lambda r: _GRAVITY.index(r.verdict), reverse=True)
    return Advice(ordered[0].verdict if ordered else Verdict.NOT_ENOUGH, tuple(ordered))


def at_least(what: str, finding: Finding, limit: Limit | None, unit: str = "") -> list[Reason]:
    """
    Compare with a limit below which a battery is done.

    Args:
        what: the quantity, for a person.
        finding: it, in the unit of the limit.
        limit: None where nobody set one: then nothing is said.
        unit: written behind values.
    """
    if limit is None:
        return []
    if not isinstance(finding, Estimate):
        return [Reason(Verdict.NOT_ENOUGH, f"{what}: {finding.why}", limit.source)]
    beyond, over = finding.high < limit.value, finding.low < limit.value
    return [_reason(what, finding, limit, (beyond, over, "at least", unit))]


def at_most(what: str, finding: Finding, limit: Limit | None, unit: str = "") -> list[Reason]:
    """Compare with a limit above which a battery is done; as `at_least`."""
    if limit is None:
        return []
    if not isinstance(finding, Estimate):
        return [Reason(Verdict.NOT_ENOUGH, f"{what}: {finding.why}", limit.source)]
    beyond, over = finding.low > limit.value, finding.high > limit.value
    return [_reason(what, finding, limit, (beyond, over, "at most", unit))]


def _reason(what: str, found: Estimate, limit: Limit, judged: tuple[bool, bool, str, str]) -> Reason:
    beyond, over, side, unit = judged
    verdict = Verdict.RETIRE if beyond else Verdict.WATCH if over else Verdict.KEEP
    end = f" {unit}" if unit else ""
    interval = f"{found.value:.3g}{end} ({found.low:.3g} to {found.high:.3g})"
    return Reason(verdict, f"{what} is {interval}, {side} {limit.value:.3g}{end} is asked for", limit.source)
