"""One result file a bench: the figures, their ratios, and the machine they were measured on."""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one piece of work took: seconds by the wall and of CPU, and the peak of memory."""

    wall_s: float
    cpu_s: float
    peak_mib: int


def machine() -> dict[str, str | int]:
    """Cores, processor, memory, system and Python: no names of hosts or folders."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count() or 1,
        "processor": model,
        "memory_gib": round(memory / 2**30),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "python": platform.python_version(),
    }


def in_child(work: Callable[[], object]) -> Cost:
    """Run ``work`` in a forked child, so that its CPU and its peak of memory are its own."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise RuntimeError(f"the measured work failed with status {status}")
    return Cost(
        time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024
    )


def own_cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def write(name: str, figures: dict[str, Any]) -> None:
    """Write ``results/NAME.json``: the day, the machine and the figures."""
    RESULTS.mkdir(exist_ok=True)
    text = {"measured": datetime.now(UTC).date().isoformat(), "machine": machine(), **figures}
    (RESULTS / f"{name}.json").write_text(json.dumps(text, indent=2, ensure_ascii=False) + "\n")
