"""The figures of a soak as tables in Markdown."""

from statistics import median

from checks import outcomes

MIB = 1024 * 1024


def table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def progress(sample):
    return (f"{sample['seconds']:5.0f} s  {sample['operations']:>9,} operations  "
            f"{sample['rss'] / MIB:6.1f} MiB resident  {sample['fds']:3} descriptors  {sample['threads']:2} threads")


def of_modes(result):
    modes = result["modes"]
    names = sorted(outcomes(result), key=lambda name: -outcomes(result)[name])
    rows = [["started", *(f"{sum(k['started'] for k in m['kinds'].values()):,}" for m in modes.values())]]
    rows += [[name, *(f"{outcomes(result, mode).get(name, 0):,}" for mode in modes)] for name in names]
    rows += [[f"{p}, ms", *(f"{m[f'{p}_ms']:.1f}" for m in modes.values())] for p in ("p50", "p99")]
    return table(["", *modes], rows)


def of_kinds(result):
    kinds = next(iter(result["modes"].values()))["kinds"]
    total = lambda kind, name: sum(m["kinds"][kind].get(name, 0) for m in result["modes"].values())
    return table(["", "started", "succeeded"],
                 [[f"`{kind}`", f"{total(kind, 'started'):,}", f"{total(kind, 'ok'):,}"] for kind in kinds])


def of_samples(samples):
    figures = [("resident, MiB, busy", "busy", "rss", MIB), ("in use, KiB, at rest", "rest", "bytes", 1024),
               ("blocks in use, at rest", "rest", "blocks", 1), ("descriptors, busy", "busy", "fds", 1),
               ("threads, busy", "busy", "threads", 1)]
    rows = []
    for name, when, figure, unit in figures:
        values = [s[figure] / unit for s in samples if s["sample"] == when]
        rows.append([name, *(f"{v:,.1f}" if unit > 1 else f"{v:,.0f}" for v in (values[0], median(values), values[-1],
                                                                                max(values)))])
    return table(["", "first", "median", "last", "most"], rows)


def of_ends(samples):
    before, after = (next(s for s in samples if s["sample"] == when) for when in ("before", "after"))
    figures = {"blocks in use": "blocks", "bytes in use": "bytes", "descriptors": "fds", "threads": "threads"}
    return table(["no client open", "before", "after"],
                 [[name, f"{before[figure]:,}", f"{after[figure]:,}"] for name, figure in figures.items()])


def of_faults(faults):
    return table(["fault", "count"], [[fault["name"], f"{fault['count']:,}"] for fault in faults])


def attempts(run):
    return sum(run["operations"].get(name, 0) for name in ("Sign", "Decrypt"))


def render(run):
    result, samples = run["result"], run["samples"]
    operations, faulty = result["operations"], sum(fault["count"] for fault in run["faults"])
    seconds = result["seconds"]
    first = (f"{operations:,} operations in {seconds:.0f} s, {operations / seconds:,.0f} a second, with "
             f"{run['requests']:,} requests, of which {faulty:,} had a fault; {max(attempts(run) - operations, 0):,} were "
             f"further attempts.")
    return "\n\n".join([first, of_modes(result), of_kinds(result), of_samples(samples), of_ends(samples),
                        of_faults(run["faults"])]) + "\n"
