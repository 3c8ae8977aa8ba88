"""Converts single measurements into a list of comparisons."""

from statistics import median

from cases import P256

BETTER = {"per_second": "higher"}

UNITS = {
    "p50_us": "us", "p99_us": "us", "per_second": "1/s", "cpu_us_per_signature": "us", "peak_rss_kib": "KiB",
    "threads": "", "connections": "",
}

LOAD_METRICS = tuple(UNITS)

# The baseline has one thread and one connection, so its memory, threads and connections are not compared.
BASELINE_METRICS = ("p50_us", "cpu_us_per_signature", "per_second")


def entry(case, metric, unit, ours, peer=(), peer_name=None, better="lower", **more):
    """Compares two lists of measurements. Without a peer there is no ratio, nor if the peer's median is 0."""
    ours, peer = list(ours), list(peer)
    made = {"case": case, "metric": metric, "unit": unit, "better": better, "ours": median(ours),
            "ours_range": [min(ours), max(ours)], "peer": None, "peer_range": None, "peer_name": peer_name,
            "ratio": None}
    if peer:
        made |= {"peer": median(peer), "peer_range": [min(peer), max(peer)]}
        made["ratio"] = made["ours"] / made["peer"] if made["peer"] else None
    return made | more


def of_rounds(cases, rounds):
    """Returns the comparisons of the load cases."""
    found = []
    for case in cases:
        sides = {side: [r for r in rounds if r["case"] == case.name and r["side"] == side] for side in ("ours", "peer")}
        for metric in BASELINE_METRICS if case.peer == "baseline" else LOAD_METRICS:
            ours, peer = ([r[metric] for r in sides[side]] for side in ("ours", "peer"))
            found.append(entry(case.name, metric, UNITS[metric], ours, peer, case.peer,
                               BETTER.get(metric, "lower"), group=case.group, ours_name=case.ours,
                               algorithm=case.algorithm, latency_ms=case.latency_ms, concurrency=case.concurrency))
    return found


def lookup(summary, case, metric):
    return next(e for e in summary if e["case"] == case and e["metric"] == metric)


def series(summary, group, latency_ms, metric, algorithm=P256):
    """Returns the comparisons of one curve, ordered by concurrency."""
    chosen = [e for e in summary if e.get("group") == group and e["latency_ms"] == latency_ms
              and e["metric"] == metric and e["algorithm"] == algorithm]
    return sorted(chosen, key=lambda e: e["concurrency"])
