"""One measured figure, and the table of all."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds measured beside a baseline; limits are of the seconds and of their ratio."""

    name: str
    seconds: float
    limit_s: float | None = None
    baseline_s: float | None = None
    ratio_limit: float | None = None
    baseline: str = ""
    note: str = ""

    @property
    def ratio(self):
        return self.seconds / self.baseline_s if self.baseline_s else None

    @property
    def ok(self):
        in_time = self.limit_s is None or self.seconds <= self.limit_s
        return in_time and (self.ratio_limit is None or self.ratio <= self.ratio_limit)

    def as_json(self):
        return {**asdict(self), "ratio": self.ratio, "ok": self.ok}


HEAD = ("figure", "seconds", "limit", "baseline", "ratio", "limit", "ok")


def rows_of(figures):
    for each in figures:
        yield (
            each.name,
            f"{each.seconds:.3f}",
            "" if each.limit_s is None else f"{each.limit_s:g}",
            "" if each.baseline_s is None else f"{each.baseline_s:.3f}",
            "" if each.ratio is None else f"{each.ratio:.2f}",
            "" if each.ratio_limit is None else f"{each.ratio_limit:g}",
            "yes" if each.ok else "NO",
        )


def table(figures):
    """The figures as text in columns."""
    rows = [HEAD, *rows_of(figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(figures):
    """The figures as a Markdown table."""
    lines = ["| " + " | ".join(HEAD) + " | baseline is, note |"]
    lines.append("|---" + "|---:" * (len(HEAD) - 2) + "|---|---|")
    for each, row in zip(figures, rows_of(figures), strict=True):
        said = "; ".join(part for part in (each.baseline, each.note) if part)
        lines.append("| " + " | ".join(row) + f" | {said} |")
    return "\n".join(lines)
