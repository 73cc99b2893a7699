"""What graphics card this machine has, asked of its driver, without torch, which takes seconds to load."""

import ctypes
import os
import platform
import sys
from dataclasses import dataclass

GIB = 2**30
DRIVERS = ("libcuda.so.1", "nvcuda.dll")
METERS = ("libnvidia-ml.so.1", "nvml.dll")
SHARE = 0.7
"""What Metal lends its programs of an Apple machine's memory, about."""


@dataclass(frozen=True)
class Card:
    """A graphics card; memory in GiB."""

    name: str
    device: str
    """What torch calls it: "cuda" or "mps"."""
    total_gib: float
    free_gib: float
    """Free when it was asked, so without what this very program holds."""
    machine_gib: float = 0.0
    """Memory of the machine around it; 0 when unknown."""


def find_card(drivers: tuple[str, ...] = DRIVERS, meters: tuple[str, ...] = METERS) -> Card | None:
    """Return the card that torch would use, or None; `drivers` and `meters` are file names of NVIDIA's libraries."""
    if (sys.platform, platform.machine()) == ("darwin", "arm64"):
        lent = machine_gib() * SHARE
        return Card("Apple", "mps", lent, lent, machine_gib())
    driver = _open(drivers)
    try:
        return None if driver is None else _nvidia(driver, _open(meters))
    except AttributeError:  # a library of this name that is not NVIDIA's
        return None


def machine_gib() -> float:
    """Return the memory of this machine in GiB; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    except (AttributeError, ValueError, OSError):
        return 0.0


def _open(names: tuple[str, ...]) -> ctypes.CDLL | None:
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _nvidia(driver: ctypes.CDLL, meter: ctypes.CDLL | None) -> Card | None:
    """Ask the driver of CUDA, which counts only the cards this program may see, without making a context on one."""
    device, total = ctypes.c_int(), ctypes.c_size_t()
    name, bus = ctypes.create_string_buffer(100), ctypes.create_string_buffer(20)
    if driver.cuInit(0) or driver.cuDeviceGet(ctypes.byref(device), 0):
        return None
    if driver.cuDeviceGetName(name, len(name), device) or driver.cuDeviceTotalMem_v2(ctypes.byref(total), device):
        return None
    free = total.value
    if meter is not None and not driver.cuDeviceGetPCIBusId(bus, len(bus), device):
        free = min(free, _free(meter, bus, free))
    return Card(name.value.decode(errors="replace"), "cuda", total.value / GIB, free / GIB, machine_gib())


def _free(meter: ctypes.CDLL, bus: "ctypes.Array[ctypes.c_char]", otherwise: int) -> int:
    """Return the free bytes of the card at a place of the bus; `otherwise` when the meter does not tell."""
    try:
        if meter.nvmlInit_v2():
            return otherwise
    except AttributeError:  # not NVIDIA's
        return otherwise
    try:
        handle, memory = ctypes.c_void_p(), (ctypes.c_ulonglong * 3)()  # total, free, used
        if meter.nvmlDeviceGetHandleByPciBusId_v2(bus, ctypes.byref(handle)):
            return otherwise
        return otherwise if meter.nvmlDeviceGetMemoryInfo(handle, memory) else int(memory[1])
    finally:
        meter.nvmlShutdown()
