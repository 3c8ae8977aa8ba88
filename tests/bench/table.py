"""Writes the summary as Markdown tables with aligned columns."""

from summary import LOAD_METRICS

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
    chosen = [e for e in summary if e.get("group") == group]
    metrics = [m for m in LOAD_METRICS if any(e["metric"] == m for e in chosen)]
    rows = []
    for case in dict.fromkeys(e["case"] for e in chosen):
        by_metric = {e["metric"]: e for e in chosen if e["case"] == case}
        first = by_metric["p50_us"]
        what = case.removeprefix(group + ", ")
        rows.append([what, first["ours_name"]] + [with_range(by_metric[m]["ours"], by_metric[m]["ours_range"]) for m in metrics])
        rows.append(["", first["peer_name"]] + [with_range(by_metric[m]["peer"], by_metric[m]["peer_range"]) for m in metrics])
        rows.append(["", "ratio"] + [f"{by_metric[m]['ratio']:.2f}" for m in metrics])
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
