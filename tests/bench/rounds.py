"""Runs the load cases. The sides alternate, so that other load on the machine affects both."""

from programs import PROGRAMS, measure

MEASURED = ("p50_us", "p99_us", "cpu_us_per_signature", "peak_rss_kib", "threads", "connections")


def run(plan, emulators, keys, bin_dir, say):
    """Returns a list of {"case", "round", "side", "program", ...} with the results."""
    results = []
    for number in range(plan.rounds):
        say(f"round {number + 1} of {plan.rounds}")
        for case in plan.cases:
            sides = [("ours", case.ours), ("peer", case.peer)]
            if number % 2:
                sides.reverse()
            for side, program in sides:
                results.append(one(plan, case, number, side, program, emulators, keys, bin_dir))
    return results


def one(plan, case, number, side, program, emulators, keys, bin_dir):
    emulator = emulators[case.latency_ms]
    key = keys[case.latency_ms, case.algorithm]
    command = PROGRAMS[program].command(bin_dir, key, case.algorithm, concurrency=case.concurrency,
                                        signatures=plan.signatures, seconds=plan.seconds,
                                        warm_up=plan.warm_up(case))
    measured = measure(emulator, command)
    measured["per_second"] = measured["signatures"] / measured["seconds"]
    return {"case": case.name, "round": number, "side": side, "program": program, "algorithm": case.algorithm,
            "latency_ms": case.latency_ms, "concurrency": case.concurrency} | measured
