"""Writes the summary as Markdown tables with aligned columns."""

TITLES = {
    "p50_us": "p50 µs", "p99_us": "p99 µs", "per_second": "signatures/s", "cpu_us_per_signature": "CPU µs",
    "peak_rss_kib": "memory KiB", "threads": "threads", "connections": "connections",
    "requests_per_signature": "requests", "requests_to_the_first": "requests",
    "allocations_per_signature": "allocations", "instructions_per_signature": "instructions",
    "wall_ms": "wall clock, ms", "static_library": "static library, bytes",
    "stripped_c_program": "stripped program in C, bytes", "stripped_step_ca": "stripped step-ca, bytes",
    "added_to_step_ca": "added to a stripped step-ca, bytes", "heap_per_key": "heap for each further key, bytes",
    "resident_per_key": "resident for each further key, bytes", "signature_us": "p50 of a signature, µs",
    "heap_per_client": "heap for each further client, bytes",
    "resident_per_client": "resident for each further client, bytes",
    "median_us": "p50 of a call, µs", "slowest_us": "slowest call, µs", "late_callbacks": "callbacks after their wait",
    "delivered": "delivered", "refused": "refused", "timed_out": "timed out", "last_delivery_s": "last delivery, s",
    "last_refusal_s": "last refusal, s", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "responses_429": "responses 429",
    "delivered_per_second": "delivered/s", "smallest_share": "smallest share", "largest_share": "largest share",
}


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def with_range(middle, ends):
    if middle is None or ends[0] == ends[1]:
        return number(middle)
    return f"{number(middle)} ({number(ends[0])}–{number(ends[1])})"


def rows_to_text(head, rows):
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    line = lambda cells: "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"
    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def loads(summary, group):
    """The table of a group. It has a line for the ratios, unless the figures are counts that may be 0."""
    chosen = [e for e in summary if e.get("group") == group]
    metrics = list(dict.fromkeys(e["metric"] for e in chosen))
    has_ratios = all(e["ratio"] is not None for e in chosen)
    rows = []
    for case in dict.fromkeys(e["case"] for e in chosen):
        by_metric = {e["metric"]: e for e in chosen if e["case"] == case}
        first = next(iter(by_metric.values()))
        cells = lambda text: [text(by_metric[m]) if m in by_metric else "" for m in metrics]
        what = case.removeprefix(group + ", ")
        rows.append([what, first["ours_name"]] + cells(lambda e: with_range(e["ours"], e["ours_range"])))
        rows.append(["", first["peer_name"]] + cells(lambda e: with_range(e["peer"], e["peer_range"])))
        if has_ratios:
            rows.append(["", "ratio"] + cells(lambda e: f"{e['ratio']:.2f}"))
    return rows_to_text(["load", "side"] + [TITLES[m] for m in metrics], rows)


def others(summary):
    rows = []
    for e in summary:
        if "group" not in e:
            rows.append([e["case"], TITLES[e["metric"]], with_range(e["ours"], e["ours_range"]),
                         with_range(e["peer"], e["peer_range"]), e["peer_name"] or "",
                         "" if e["ratio"] is None else f"{e['ratio']:.2f}"])
    return rows_to_text(["case", "metric", "ours", "peer", "peer is", "ratio"], rows)


def render(summary):
    groups = dict.fromkeys(e["group"] for e in summary if "group" in e)
    parts = [f"## {group}\n\n{loads(summary, group)}" for group in groups]
    parts.append(f"## Costs, starts, sizes and growth\n\n{others(summary)}")
    return "\n\n".join(parts) + "\n"
