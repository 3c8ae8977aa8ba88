"""Whether a soak went as it should. Each complaint begins with the name of what it is about."""

from statistics import median

# How an operation may end. `freed`: the client went away before the result was taken.
MAY_END = {
    "blocking": {"ok", "integrity", "protocol", "network", "unavailable", "rate_limited"},
    "async": {"ok", "integrity", "protocol", "network", "unavailable", "rate_limited", "cancelled"},
    "churn": {"ok", "integrity", "protocol", "network", "unavailable", "rate_limited", "cancelled", "freed"},
}
UNLUCKY = ("network", "unavailable", "rate_limited")  # all attempts failed, or the budget for them was used up

# An operation that has to hold its memory has some hundred blocks; what stays for good are blocks that a thread or a
# table of the library keeps for the next time, a handful each.
BLOCKS_AFTER = 12
BYTES_AFTER = 8 * 1024
# At rest a client holds its connections, up to sixteen lanes among them, and their number varies.
BLOCKS_AT_REST = 250
BYTES_AT_REST = 512 * 1024
# Under load the allocator's arenas grow with what was once in use at the same time, and fray a little.
RSS_GROWTH = 0.10
RSS_SLACK = 4 * 1024 * 1024
# Connections come and go with resets: sixteen lanes, some shared ones, and those of the clients that come and go.
FDS_BUSY = 12


def outcomes(result, mode=None):
    """How often operations ended in each way."""
    found = {}
    for name, of_mode in result["modes"].items():
        if mode in (None, name):
            for kind in of_mode["kinds"].values():
                for outcome, number in kind.items():
                    if outcome != "started":
                        found[outcome] = found.get(outcome, 0) + number
    return found


def quarters(samples, when, figure):
    """The medians of the second quarter and of the last."""
    values = [s[figure] for s in samples if s["sample"] == when]
    quarter = max(len(values) // 4, 1)
    return median(values[quarter:2 * quarter] or values), median(values[-quarter:])


def accounting(result):
    if result["lost"]:
        yield f"accounting: {result['lost']} requests never had an outcome"
    for mode, of_mode in result["modes"].items():
        for kind, found in of_mode["kinds"].items():
            ended = sum(number for outcome, number in found.items() if outcome != "started")
            if found["started"] != ended:
                yield f"accounting: of {found['started']} {mode} {kind} {ended} have ended"
            if found.get("ok", 0) == 0:
                yield f"coverage: no {mode} {kind} has succeeded"


def results(result):
    if result["wrong"]:
        yield f"results: {result['wrong']} were wrong"


def endings(result, faults, percent):
    all_ends = outcomes(result)
    operations = result["operations"]
    for mode, may in MAY_END.items():
        for outcome, number in outcomes(result, mode).items():
            if outcome not in may:
                yield f"endings: {number} {mode} operations ended with {outcome}"
    for outcome in ("integrity", "protocol"):
        struck = sum(f.struck for f in faults if f.outcome == outcome)
        ended = all_ends.get(outcome, 0)
        # A connection that breaks takes some of the spoilt answers with it, and cancelling does.
        if not 0 <= struck - ended <= max(struck / 2, 5):
            yield f"endings: {ended} ended with {outcome}, where {struck} answers were such"
    unlucky = sum(all_ends.get(outcome, 0) for outcome in UNLUCKY)
    if unlucky > max(operations * percent / 100, 10):
        yield f"endings: {unlucky} of {operations} operations failed for good"


def strikes(faults, percent, requests):
    for fault in faults:
        # So many that none at all would be no accident.
        if fault.struck == 0 and fault.share * percent / 100 * requests > 30:
            yield f"faults: {fault.name} never struck in {requests} requests"


def flatness(samples):
    before = next(s for s in samples if s["sample"] == "before")
    after = next(s for s in samples if s["sample"] == "after")
    for figure, slack in (("blocks", BLOCKS_AFTER), ("bytes", BYTES_AFTER)):
        if after[figure] > before[figure] + slack:
            yield f"memory: {before[figure]} {figure} in use before the first client, {after[figure]} after the last"
    for figure, name in (("fds", "descriptors"), ("threads", "threads")):
        if after[figure] > before[figure]:
            yield f"{name}: {before[figure]} before the first client, {after[figure]} after the last"
    for when, figure, name, allowed in (
            ("rest", "blocks", "memory", lambda early: early + BLOCKS_AT_REST),
            ("rest", "bytes", "memory", lambda early: early + BYTES_AT_REST),
            ("busy", "rss", "memory", lambda early: early * (1 + RSS_GROWTH) + RSS_SLACK),
            ("busy", "fds", "descriptors", lambda early: early + FDS_BUSY),
            ("busy", "threads", "threads", lambda early: early)):
        early, late = quarters(samples, when, figure)
        if late > allowed(early):
            yield f"{name}: {figure} {when} grew from {early:.0f} to {late:.0f} between the second quarter and the last"


def complaints(samples, result, faults, percent, requests):
    return [*accounting(result), *results(result), *endings(result, faults, percent),
            *strikes(faults, percent, requests), *flatness(samples)]
