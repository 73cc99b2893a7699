"""Draws the grades that ship in assets/luts: python -m benchmarks.luts."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from studio.post.lut import FOLDER

SIZE = 17
"""Points a side: between them a smooth grade is straight enough, and a file stays near 100 kB."""
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
"""How much each channel adds to the brightness of BT.709."""

Colours = npt.NDArray[np.float64]
"""RGB, 0 to 1, of shape [..., 3]."""


def brightness(colours: Colours) -> Colours:
    """Return BT.709's luma of each colour, of shape [..., 1]."""
    return (colours @ WEIGHTS)[..., None]


def saturated(colours: Colours, share: float) -> Colours:
    """Return colours `share` times as far from grey."""
    grey = brightness(colours)
    return grey + (colours - grey) * share


def contrasted(colours: Colours, share: float) -> Colours:
    """Return colours on an S-curve through black, middle grey and white; 0 leaves them, 1 is a whole smoothstep."""
    clipped = colours.clip(0, 1)
    return colours + share * (clipped**2 * (3 - 2 * clipped) - clipped)


def toned(colours: Colours, shadows: list[float], lights: list[float]) -> Colours:
    """Return colours with a tint added to the dark and another to the bright ones."""
    bright = brightness(colours).clip(0, 1)
    return colours + np.array(shadows) * (1 - bright) ** 2 + np.array(lights) * bright**2


def golden_hour(colours: Colours) -> Colours:
    """Grade as in low sun: warm lights, soft violet shadows."""
    return contrasted(toned(saturated(colours, 1.1), [0.03, 0.0, 0.05], [0.06, 0.02, -0.11]), 0.2)


def teal_orange(colours: Colours) -> Colours:
    """Grade as for large screens: skin against a cool ground."""
    return contrasted(toned(saturated(colours, 1.08), [-0.05, 0.02, 0.06], [0.06, 0.01, -0.07]), 0.3)


def silver(colours: Colours) -> Colours:
    """Grade to black and white as through a yellow filter: skies darken, skin glows."""
    grey = (colours @ np.array([0.35, 0.55, 0.1]))[..., None]
    return toned(contrasted(np.repeat(grey, 3, -1), 0.45), [0.0, 0.0, 0.012], [0.01, 0.004, -0.01])


def faded_print(colours: Colours) -> Colours:
    """Grade as a photograph of long ago: milky blacks, yellowed whites."""
    soft = saturated(colours, 0.72) * np.array([0.86, 0.84, 0.78]) + np.array([0.085, 0.075, 0.09])
    return contrasted(soft, 0.15)


def moonlight(colours: Colours) -> Colours:
    """Grade day for night: darker, bluer, little colour."""
    dim = saturated(colours, 0.55) ** 1.25 * np.array([0.62, 0.76, 0.98])
    return contrasted(dim + np.array([0.0, 0.008, 0.03]), 0.15)


def vivid(colours: Colours) -> Colours:
    """Grade as on a bright day: more colour where there is little, more contrast."""
    spread = colours.max(-1, keepdims=True) - colours.min(-1, keepdims=True)
    grey = brightness(colours)
    return contrasted(grey + (colours - grey) * (1.38 - 0.28 * spread), 0.28)


GRADES: Mapping[str, Callable[[Colours], Colours]] = {
    grade.__name__: grade for grade in (golden_hour, teal_orange, silver, faded_print, moonlight, vivid)
}


def cube(name: str) -> str:
    """Return the text of the .cube file of a grade."""
    steps = np.linspace(0, 1, SIZE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    points = GRADES[name](np.stack([red, green, blue], -1)).clip(0, 1).reshape(-1, 3)
    rows = (" ".join(f"{value:.4f}" for value in point) for point in points)
    return f'TITLE "{name}"\nLUT_3D_SIZE {SIZE}\n' + "\n".join(rows) + "\n"


if __name__ == "__main__":
    for name in GRADES:
        (FOLDER / f"{name}.cube").write_text(cube(name), encoding="utf-8", newline="\n")
