"""A studio whose Wan engine can be slowed, held and made to fail by files in its folder, so that a test can step in."""

import os
import time
from collections.abc import Generator
from pathlib import Path

import models.wan
from models.engine import ClipRequest, Ending, Frame, Report, Unavailable


class Slow(models.wan.Wan):
    """Takes its time over each step; "hold" keeps it from decoding, "fail" fails the segment whose action it holds.

    The actions it denoises are written to "denoised", a line for each step.
    """

    def render(self, request: ClipRequest, report: Report) -> Generator[Frame, None, Ending]:
        home = Path(os.environ["STUDIO_HOME"])

        def slowed(done: int, total: int, doing: str, preview: Frame | None = None) -> None:
            if doing == "doing_denoising":
                with (home / "denoised").open("a") as log:
                    log.write(f"{request.prompt.action}\n")
                time.sleep(0.04)
            report(done, total, doing, preview)
            while doing == "doing_decoding" and (home / "hold").exists():
                time.sleep(0.1)
                report(done, total, doing)

        fails = home / "fail"
        if fails.exists() and fails.read_text() == request.prompt.action:
            raise Unavailable("wan_out_of_memory", {"width": 96, "height": 64, "frames": 9})
        return (yield from super().render(request, slowed))


if __name__ == "__main__":
    import app

    models.wan.Wan = Slow
    raise SystemExit(app.main())
