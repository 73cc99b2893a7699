"""The drifting engine in the place of the animatic one, able to fail on purpose, and a studio that has it."""

import os
from collections.abc import Generator
from pathlib import Path

import models
from models.engine import ClipRequest, Ending, Frame, Report
from tests.drifting import Drifting


class Stumbling(Drifting):
    """Fails on the action "stumbles" while there is a file "stumble" in the studio's folder."""

    name = "animatic"

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        if request.prompt.action == "stumbles" and (Path(os.environ["STUDIO_HOME"]) / "stumble").exists():
            raise RuntimeError("told to stumble")
        return (yield from super().render(request, report))


if __name__ == "__main__":
    import app

    models.ENGINES["animatic"] = "tests.stumbling:Stumbling"
    raise SystemExit(app.main())
