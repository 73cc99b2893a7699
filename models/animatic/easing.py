"""Interpolation of single numbers."""


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """Return `value` held between `low` and `high`."""
    return min(high, max(low, value))


def smoothstep(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """Return 0 below `low`, 1 above `high` and a ramp with flat ends between."""
    ratio = clamp((value - low) / (high - low)) if high != low else float(value > low)
    return ratio * ratio * (3 - 2 * ratio)


def lerp(start: float, end: float, share: float) -> float:
    """Return the linear blend of two numbers, `share` of the way from the first."""
    return start + (end - start) * share
