"""Checks the files of a small run: `test_bench.py FOLDER`. It checks no times, because so short a run says nothing."""

import json
import math
import re
import sys
import unittest
from pathlib import Path
from statistics import median

import cases
import direct
import rate_limit
import signatures
import summary
from programs import PROGRAMS

FOLDER = None
PLAN = cases.small()
RATE_CASES = rate_limit.small()


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


class Summary(unittest.TestCase):
    def setUp(self):
        self.summary = read("summary")

    def test_every_entry_has_its_fields(self):
        for entry in self.summary:
            for field in ("case", "metric", "unit", "better", "ours", "peer", "peer_name", "ratio"):
                self.assertIn(field, entry)
            self.assertIn(entry["better"], ("higher", "lower"))
            self.assertGreaterEqual(entry["ours_range"][1], entry["ours_range"][0])

    def test_every_case_and_metric_is_there_once(self):
        found = [(entry["case"], entry["metric"]) for entry in self.summary]
        self.assertEqual(len(found), len(set(found)))
        for case in PLAN.cases:
            metrics = summary.BASELINE_METRICS if case.peer == "baseline" else summary.LOAD_METRICS
            for metric in metrics:
                self.assertIn((case.name, metric), found)
        for group in ("Go, unverified", "Go, verified", "C, unverified", "C and the baseline"):
            self.assertIn((f"{group}, one signature more", "requests_per_signature"), found)
            self.assertIn((f"{group}, one signature more", "allocations_per_signature"), found)
            self.assertIn((f"{group}, the first signature", "requests_to_the_first"), found)
        for kind in ("Go", "C"):
            self.assertIn((f"{kind}, a program that makes one signature, 0 ms", "wall_ms"), found)
        for metric in ("static_library", "stripped_c_program"):
            self.assertIn(("Sizes", metric), found)
        for metric in ("heap_per_key", "resident_per_key", "signature_us"):
            self.assertIn(("20 keys in one client", metric), found)
        for metric in ("heap_per_client", "resident_per_client", "signature_us"):
            self.assertIn(("2 clients", metric), found)
        for metric in ("median_us", "slowest_us", "late_callbacks"):
            self.assertIn(("20 asynchronous calls beside 4 blocking threads", metric), found)
        self.assertEqual(summary.lookup(self.summary, "20 asynchronous calls beside 4 blocking threads",
                                        "late_callbacks")["ours"], 0)

    def test_the_numbers_are_positive_and_the_ratios_right(self):
        # So few keys may fit into memory that the process already has. Counts of failures may be zero.
        may_be_zero = ("resident_per_key", "refused", "timed_out", "last_refusal_s", "responses_429",
                       "late_callbacks")
        for entry in self.summary:
            for side in ("ours", "peer"):
                value = entry[side]
                if value is None:
                    self.assertEqual((side, entry["ratio"]), ("peer", None))
                    continue
                self.assertTrue(math.isfinite(value), entry)
                self.assertGreaterEqual(value, 0, entry)
                if entry["metric"] not in may_be_zero:
                    self.assertGreater(value, 0, entry)
            if entry["ratio"] is not None:
                self.assertAlmostEqual(entry["ratio"], entry["ours"] / entry["peer"])

    def test_a_signature_costs_one_request(self):
        for entry in self.summary:
            if entry["metric"] == "requests_per_signature":
                self.assertEqual((entry["ours"], entry["peer"]), (1, 1), entry["case"])

    def test_the_medians_are_those_of_the_rounds(self):
        rounds = read("rounds")
        for entry in self.summary:
            if "group" not in entry:
                continue
            for side in ("ours", "peer"):
                values = [r[entry["metric"]] for r in rounds if r["case"] == entry["case"] and r["side"] == side]
                self.assertEqual(len(values), PLAN.rounds)
                self.assertEqual(entry[side], median(values))


class Rounds(unittest.TestCase):
    def test_latencies_are_in_order_and_requests_are_counted(self):
        for result in read("rounds"):
            if result["case"] in [case.name for case in RATE_CASES]:
                continue
            self.assertLessEqual(result["p50_us"], result["p99_us"])
            self.assertGreaterEqual(result["operations"]["Sign"], result["signatures"])
            self.assertGreaterEqual(result["connections"], 1)


class Signatures(unittest.TestCase):
    def test_every_kind_of_program_signs_and_openssl_agrees(self):
        made = read("signatures")
        expected = {(name, case.algorithm) for case in PLAN.cases for name in (case.ours, case.peer)}
        self.assertEqual({(s["program"], s["algorithm"]) for s in made}, expected)
        for signature in made:
            self.assertIn(signature["program"], PROGRAMS)
            signatures.verify(signature)

    def test_a_wrong_signature_would_be_found(self):
        for signature in read("signatures"):
            digest = bytes.fromhex(signature["digest_hex"])
            other = signature | {"digest_hex": bytes([digest[0] ^ 1, *digest[1:]]).hex()}
            with self.assertRaises(RuntimeError):
                signatures.verify(other)


class Table(unittest.TestCase):
    def test_it_has_every_case(self):
        text = (FOLDER / "table.md").read_text()
        for entry in read("summary"):
            self.assertIn(entry["case"].removeprefix(entry.get("group", "") + ", "), text)


class RateLimit(unittest.TestCase):
    """The loads above and below the rate limit."""

    def test_every_case_has_two_sides_and_all_metrics(self):
        found = [(e["case"], e["metric"]) for e in read("summary") if e.get("group") == rate_limit.GROUP]
        shares = ("smallest_share", "largest_share")
        expected = [(case.name, metric) for case in RATE_CASES for metric in rate_limit.METRICS
                    if (case.per_second or metric != "delivered_per_second")
                    and (case.processes > 1 or metric not in shares)]
        self.assertEqual(sorted(found), sorted(expected))

    def test_each_signature_has_one_outcome(self):
        for result in self.results():
            outcomes = result["delivered"] + result["refused"] + result["timed_out"]
            self.assertEqual(outcomes, result["signatures"], result)
            self.assertLessEqual(result["p50_ms"], result["p99_ms"])

    def test_the_library_waits_and_the_sdk_does_not(self):
        for result in self.results():
            if result["side"] == "ours":
                self.assertEqual(result["delivered"], result["signatures"], result)
            else:
                self.assertEqual(result["refused"], result["responses_429"], result)

    def results(self):
        names = [case.name for case in RATE_CASES]
        found = [result for result in read("rounds") if result["case"] in names]
        self.assertEqual([(r["case"], r["side"]) for r in found], [(name, side) for name in names for side in ("ours", "peer")])
        return found

    def test_figures_are_those_of_all_processes(self):
        case = rate_limit.RateCase(6, 3, processes=2)
        outcomes = [{"delivered": [[2_000_000, 150_000], [1_000_000, 100_000]], "rate_limited": [], "timed_out": []},
                    {"delivered": [[2_500_000, 400_000]], "rate_limited": [[500_000, 100_000], [300_000, 100_000]],
                     "timed_out": [[700_000, 9]]}]
        self.assertEqual(rate_limit.figures(case, outcomes), {
            "delivered": 3, "refused": 2, "timed_out": 1, "last_delivery_s": 2.5, "last_refusal_s": 0.5, "p50_ms": 150.0,
            "p99_ms": 400.0, "delivered_per_second": 1.0, "smallest_share": 0, "largest_share": 2})


class Direct(unittest.TestCase):
    """The comparison with and without direct connections."""

    def test_every_case_has_three_sides(self):
        found = sorted((r["language"], r["latency_ms"], r["callers"], r["side"]) for r in read("direct"))
        expected = [(language, latency, callers, side) for language in direct.LANGUAGES
                    for latency in direct.SMALL_SECONDS for callers in direct.CALLERS
                    for side in ("with", "without", "peer")]
        self.assertEqual(found, sorted(expected))

    def test_the_table_has_medians_and_their_ratios(self):
        case = {"language": "C", "latency_ms": 0, "callers": 1, "seconds": 2.0, "connections": 3}
        results = [case | {"side": side, "signatures": signatures, "cpu_us_per_signature": cpu}
                   for side, signatures, cpu in (("with", 400, 10.0), ("with", 600, 30.0), ("without", 100, 80.0),
                                                 ("peer", 1000, 5.0))]
        rows = [re.sub(" +", " ", line) for line in direct.render(results).splitlines() if line.startswith("| C,")]
        self.assertEqual(rows, ["| C, 0 ms, 1 at once | 250 (200–300) | 50 | 500 | 5.00 | 0.50 | 0.10 | 3 / 3 / 3 |",
                                "| C, 0 ms, 1 at once | 20 (10–30) | 80 | 5 | 0.25 | 4.00 | 16.00 | 3 / 3 / 3 |"])


if __name__ == "__main__":
    FOLDER = Path(sys.argv.pop(1))
    unittest.main()
