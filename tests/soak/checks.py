"""Checks the figures of a soak. Each failure begins with the name of its check."""

from statistics import median

# The allowed outcomes. `freed`: the client was freed before the result was taken.
ALLOWED = {
    "blocking": {"ok", "integrity", "protocol", "network", "unavailable", "rate_limited"},
    "async": {"ok", "integrity", "protocol", "network", "unavailable", "rate_limited", "cancelled"},
    "churn": {"ok", "integrity", "protocol", "network", "unavailable", "rate_limited", "cancelled", "freed"},
}
FAILED = ("network", "unavailable", "rate_limited")  # all attempts failed, or the retry budget was used up

# An operation in flight has some hundred blocks. A thread or a table of the library keeps a few for later use.
BLOCKS_AFTER = 12
BYTES_AFTER = 8 * 1024
# At rest a client has its connections, among them up to 16 direct ones, and their number varies.
BLOCKS_AT_REST = 250
BYTES_AT_REST = 512 * 1024
# Under load the allocator's arenas keep the largest amount that was in use, and become fragmented.
RSS_GROWTH = 0.10
RSS_SLACK = 4 * 1024 * 1024
# Resets close connections: 16 direct ones, some shared ones, and those of short-lived clients.
FDS_BUSY = 12


def outcomes(result, mode=None):
    """The number of operations with each outcome."""
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
        yield f"accounting: {result['lost']} operations have no outcome"
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


def allowed_outcomes(result):
    for mode, allowed in ALLOWED.items():
        for outcome, number in outcomes(result, mode).items():
            if outcome not in allowed:
                yield f"outcomes: {number} {mode} operations ended with {outcome}"


def faulty_outcomes(result, faults, percent):
    found = outcomes(result)
    for outcome in ("integrity", "protocol"):
        faulty = sum(f.count for f in faults if f.outcome == outcome)
        ended = found.get(outcome, 0)
        # Some corrupt responses are lost when their connection breaks or the operation is cancelled.
        if not 0 <= faulty - ended <= max(faulty / 2, 5):
            yield f"outcomes: {ended} ended with {outcome}, after {faulty} such responses"
    operations, failed = result["operations"], sum(found.get(outcome, 0) for outcome in FAILED)
    if failed > max(operations * percent / 100, 10):
        yield f"outcomes: {failed} of {operations} operations failed after all attempts"


def occurrences(faults, percent, requests):
    for fault in faults:
        # With so many expected, zero is not chance.
        if fault.count == 0 and fault.share * percent / 100 * requests > 30:
            yield f"faults: {fault.name} never occurred in {requests} requests"


def remaining(samples):
    """After the last client was freed the process has no more than before the first."""
    before = next(s for s in samples if s["sample"] == "before")
    after = next(s for s in samples if s["sample"] == "after")
    for figure, slack in (("blocks", BLOCKS_AFTER), ("bytes", BYTES_AFTER)):
        if after[figure] > before[figure] + slack:
            yield f"memory: {before[figure]} {figure} in use before the first client, {after[figure]} after the last"
    for figure, name in (("fds", "descriptors"), ("threads", "threads")):
        if after[figure] > before[figure]:
            yield f"{name}: {before[figure]} before the first client, {after[figure]} after the last"


def growth(samples):
    for when, figure, name, allowed in (
            ("rest", "blocks", "memory", lambda early: early + BLOCKS_AT_REST),
            ("rest", "bytes", "memory", lambda early: early + BYTES_AT_REST),
            ("busy", "rss", "memory", lambda early: early * (1 + RSS_GROWTH) + RSS_SLACK),
            ("busy", "fds", "descriptors", lambda early: early + FDS_BUSY),
            ("busy", "threads", "threads", lambda early: early)):
        early, late = quarters(samples, when, figure)
        if late > allowed(early):
            yield f"{name}: {figure} {when} grew from {early:.0f} to {late:.0f} between the second quarter and the last"


def failures(samples, result, faults, percent, requests):
    return [*accounting(result), *results(result), *allowed_outcomes(result), *faulty_outcomes(result, faults, percent),
            *occurrences(faults, percent, requests), *remaining(samples), *growth(samples)]
