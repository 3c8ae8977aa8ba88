"""From single measurements to a list of comparisons."""

from statistics import median

from cases import P256

BETTER = {"per_second": "higher"}

UNITS = {
    "p50_us": "us", "p99_us": "us", "per_second": "1/s", "cpu_us_per_signature": "us", "peak_rss_kib": "KiB",
    "threads": "", "connections": "",
}

LOAD_METRICS = tuple(UNITS)

# The floor is one thread on one connection, so that only its costs say something.
FLOOR_METRICS = ("p50_us", "cpu_us_per_signature", "per_second")


def entry(case, metric, unit, ours, peer=(), peer_name=None, better="lower", **more):
    """A comparison of two lists of measurements. Without a peer there is no ratio."""
    ours, peer = list(ours), list(peer)
    made = {"case": case, "metric": metric, "unit": unit, "better": better, "ours": median(ours),
            "ours_range": [min(ours), max(ours)], "peer": None, "peer_range": None, "peer_name": peer_name,
            "ratio": None}
    if peer:
        made |= {"peer": median(peer), "peer_range": [min(peer), max(peer)]}
        made["ratio"] = made["ours"] / made["peer"]
    return made | more


def of_rounds(cases, rounds):
    """The comparisons of the load cases."""
    found = []
    for case in cases:
        sides = {side: [r for r in rounds if r["case"] == case.name and r["side"] == side] for side in ("ours", "peer")}
        for metric in FLOOR_METRICS if case.peer == "floor" else LOAD_METRICS:
            ours, peer = ([r[metric] for r in sides[side]] for side in ("ours", "peer"))
            found.append(entry(case.name, metric, UNITS[metric], ours, peer, case.peer,
                               BETTER.get(metric, "lower"), group=case.group, ours_name=case.ours,
                               algorithm=case.algorithm, latency_ms=case.latency_ms, concurrency=case.concurrency))
    return found


def lookup(summary, case, metric):
    return next(e for e in summary if e["case"] == case and e["metric"] == metric)


def series(summary, group, latency_ms, metric, algorithm=P256):
    """The comparisons of one curve, by rising concurrency."""
    chosen = [e for e in summary if e.get("group") == group and e["latency_ms"] == latency_ms
              and e["metric"] == metric and e["algorithm"] == algorithm]
    return sorted(chosen, key=lambda e: e["concurrency"])
