"""Draws what ships in assets/samples and assets/styles with the animatic engine: python -m benchmarks.samples."""

import subprocess
import tempfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from models.animatic import Animatic
from models.engine import ClipRequest, Frame, Prompt
from studio import video
from studio.prompts import compose, vocabulary
from studio.ui.markup import ASSETS
from studio.ui.samples import samples

POSTER_AT = 14
"""Frame of a sample that stands for it."""
CARD = (854, 480, 20)
"""Width, height and frame of the picture a style card is cut from."""
CARD_BOX = (222, 130, 582, 400)
"""What is cut out of it: 4:3, round the fox."""


def quiet(done: int, total: int, doing: str) -> None:
    """Take no notice of progress."""


def frames(prompt: Prompt, size: tuple[int, int], seconds: float, seed: int) -> Iterable[Frame]:
    """Yield the frames of one clip."""
    engine = Animatic()
    fps = engine.limits.fps[0]
    count = engine.limits.frames_for(seconds, fps)
    return engine.render(ClipRequest(prompt, *size, num_frames=count, fps=fps, seed=seed), quiet)


def shrink(whole: Path, small: Path) -> None:
    """Encode a film again for shipping: about a quarter of the bytes, slowly."""
    tune = ["-c:v", "libx264", "-preset", "veryslow", "-crf", "29", "-pix_fmt", "yuv420p"]
    tune += ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-movflags", "+faststart"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(whole), *tune, str(small)]
    subprocess.run(command, check=True)


def draw_samples() -> None:
    """Draw every sample clip and its poster, in the words of its English prompt."""
    for sample in samples():
        look = sample.look
        drawn = list(frames(sample.prompts["en"], (look.width, look.height), sample.seconds, look.seed))
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "whole.mp4"
            video.write(drawn, whole, look.fps)
            shrink(whole, ASSETS / "samples" / f"{sample.id}.mp4")
        poster = Image.fromarray(drawn[min(POSTER_AT, len(drawn) - 1)])
        poster.resize((640, 360), Image.Resampling.LANCZOS).save(
            ASSETS / "samples" / f"{sample.id}.jpg", quality=82, optimize=True, progressive=True
        )


def draw_cards() -> None:
    """Draw the same fox in every style."""
    width, height, at = CARD
    for style in vocabulary("styles"):
        prompt = compose(Prompt("a fox", "runs", "forest", style.en))
        frame = next(islice(frames(prompt, (width, height), 2.0, 3), at, None))
        card = Image.fromarray(frame).crop(CARD_BOX).resize((320, 240), Image.Resampling.LANCZOS)
        card.save(ASSETS / "styles" / f"{style.id}.jpg", quality=80, optimize=True, progressive=True)


if __name__ == "__main__":
    draw_samples()
    draw_cards()
