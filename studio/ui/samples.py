"""The sample clips that ship with the studio, in `assets/samples`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from models.engine import Prompt
from studio.prompts import compose
from studio.storyboard import Look, Segment
from studio.ui.markup import ASSETS

FOLDER = ASSETS / "samples"


@dataclass(frozen=True)
class Sample:
    """One sample: its words in each language and how it was made."""

    id: str
    prompts: dict[str, Prompt]
    """Language -> the prompt in it, with its sentence."""
    seconds: float
    look: Look

    def segment(self, language: str) -> Segment:
        """Return what to ask for to make it."""
        return Segment(self.prompts[language], self.seconds)

    def view(self, language: str, autoplay: bool = False) -> dict[str, Any]:
        """Return what film.html needs."""
        return {
            "id": self.id,
            "title": self.prompts[language].sentence,
            "video": f"assets/samples/{self.id}.mp4",
            "poster": f"assets/samples/{self.id}.jpg",
            "width": self.look.width,
            "height": self.look.height,
            "autoplay": autoplay,
        }


@cache
def samples() -> tuple[Sample, ...]:
    """Return the samples in the order they are shown."""
    data = tomllib.loads((FOLDER / "samples.toml").read_text(encoding="utf-8"))
    return tuple(
        Sample(
            entry["id"],
            {language: compose(Prompt(**entry[language])) for language in ("en", "zh")},
            float(entry["seconds"]),
            Look(seed=entry["seed"]),
        )
        for entry in data["sample"]
    )


def sample(sample_id: str) -> Sample:
    """Return one sample; the first one for an id that is none."""
    return next((item for item in samples() if item.id == sample_id), samples()[0])
