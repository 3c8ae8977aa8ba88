"""Draws a summary as SVG plots. The same figures give the same files."""

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "scwkms", "svg.fonttype": "none", "font.size": 10})

import matplotlib.pyplot as plt  # noqa: E402  (after the choice of the back end)
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter  # noqa: E402

from summary import series  # noqa: E402

COLOURS = {"ours": "tab:blue", "peer": "tab:orange"}
STYLES = {"p50_us": "-", "p99_us": "--"}
GROUPS = {"go": ("Go, unverified", "scwkms", "SDK"), "c": ("C, unverified", "scwkms", "libcurl")}
LATENCIES = (0, 25)


def draw(summary, folder):
    """Writes the plots and returns their names."""
    made = []
    for short, (group, ours, peer) in GROUPS.items():
        names = {"ours": ours, "peer": peer}
        panels = [("p50_us", "p50"), ("p99_us", "p99")]
        made.append(figure(summary, folder, f"latency-{short}", group, names, panels, "time of a signature, ms", 1000))
        made.append(figure(summary, folder, f"throughput-{short}", group, names, [("per_second", "")],
                           "signatures a second", 1))
        made.append(figure(summary, folder, f"cpu-{short}", group, names, [("cpu_us_per_signature", "")],
                           "processor time of a signature, µs", 1))
    return made


def figure(summary, folder, name, group, names, metrics, label, scale):
    fig, axes = plt.subplots(1, len(LATENCIES), figsize=(9, 3.6), layout="constrained")
    for axis, latency in zip(axes, LATENCIES):
        for metric, suffix in metrics:
            curve(axis, series(summary, group, latency, metric), names, metric, suffix, scale)
        axis.set_title(f"{group}, latency {latency} ms")
        axis.set_xlabel("concurrent signatures")
        axis.set_ylabel(label)
        axis.set_xscale("log", base=2)
        ticks = [e["concurrency"] for e in series(summary, group, latency, metrics[0][0])]
        axis.set_xticks(ticks, [str(tick) for tick in ticks])
        if metrics[0][0] != "cpu_us_per_signature":
            axis.set_yscale("log")
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.yaxis.set_minor_formatter(NullFormatter())
        else:
            axis.set_ylim(bottom=0)
        axis.grid(True, which="major", alpha=0.3)
        axis.legend(fontsize=8)
    fig.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    return f"{name}.svg"


def curve(axis, entries, names, metric, suffix, scale):
    for side, name in names.items():
        x = [e["concurrency"] for e in entries]
        y = [e[side] / scale for e in entries]
        spread = [[(e[side] - e[f"{side}_range"][0]) / scale for e in entries],
                  [(e[f"{side}_range"][1] - e[side]) / scale for e in entries]]
        axis.errorbar(x, y, yerr=spread, color=COLOURS[side], linestyle=STYLES.get(metric, "-"), marker="o",
                      markersize=3, capsize=2, linewidth=1.2, label=f"{name} {suffix}".strip())
