"""Motion as it is seen: every claim is made of the figures' own pixels, drawn without the scene."""

import itertools
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from models.animatic.clip import FENCE, Clip
from models.animatic.painting.land import fence
from models.animatic.sheet import spec_of
from models.animatic.tables import table
from models.animatic.world import FrameState, Run, World
from models.engine import ClipRequest, Prompt

SOLID = 250
"""Alpha of what is drawn solid; shadows, dust and reflections let light through."""
SAMPLE = {
    "quadruped": "fox", "biped": "girl", "bird": "sparrow", "penguin": "penguin", "trex": "trex", "fish": "goldfish",
    "dragon": "dragon", "thing": "cup", "opener": "book", "vehicle": "car", "rocket": "rocket",
}  # fmt: skip
CLASSES = table("abilities")["classes"]
GOING = [
    (SAMPLE[name], action)
    for name in SAMPLE
    for action in ("walk", "run", "fly", "swim", "ride", "push", "jump", "rise", "dance")
    if action in CLASSES[name]["actions"]
]


def clip_of(
    text: str, width: int = 256, height: int = 144, frames: int = 36, fps: int = 12
) -> tuple[Clip, ClipRequest]:
    request = ClipRequest(Prompt(""), width, height, frames, fps, 7)
    return Clip(spec_of(text), request), request


def states(clip: Clip, request: ClipRequest, world: World | None = None) -> list[FrameState]:
    return list(Run(clip.spec, clip.troupe, clip.shot(request), world).frames(request.num_frames))


def alpha(clip: Clip, state: FrameState) -> np.ndarray:
    """Return how solid the figures are in every pixel, with nothing else in the picture."""
    stage = clip.stage
    stage.now.camera, stage.now.time = state.camera, state.world.time
    stage.buffer[...] = 0
    clip.draw_figures(state)
    return stage.buffer[..., 3].copy()


def masks(text: str, step: int = 1, **changes) -> Iterator[np.ndarray]:
    clip, request = clip_of(text, **changes)
    for state in states(clip, request)[::step]:
        yield alpha(clip, state) >= SOLID


def middle(mask: np.ndarray) -> np.ndarray:
    """Return the (x, y) of the middle of a mask."""
    return np.argwhere(mask).mean(0)[::-1]


def at_the_edge(mask: np.ndarray) -> bool:
    return bool(mask[0].any() or mask[:, 0].any() or mask[:, -1].any())


# ---------------------------------------------------------------- where they go


@pytest.mark.parametrize(("subject", "action"), GOING)
def test_whoever_goes_is_seen_going_ahead_and_never_leaves_a_planned_picture(subject, action):
    seen = list(masks(f"subject={subject} action={action} camera=static", step=5))
    assert all(mask.any() and not at_the_edge(mask) for mask in seen)
    (x, y), (to_x, to_y) = middle(seen[0]), middle(seen[-1])
    if action == "rise":
        assert to_y < y - 8 and abs(to_x - x) < 12
    elif action == "dance":
        assert abs(to_x - x) < 30
    elif action != "jump" or subject in ("fox", "girl"):  # the others jump where they are
        assert to_x > x + 12


@pytest.mark.parametrize("size", [(144, 256), (160, 160)])
@pytest.mark.parametrize("text", ["subject=horse action=run", "subject=boy action=ride", "subject=eagle action=fly"])
def test_a_planned_picture_of_any_shape_holds_its_subject(text, size):
    seen = list(masks(f"{text} camera=static", step=5, width=size[0], height=size[1]))
    assert all(mask.any() and not at_the_edge(mask) for mask in seen)


@pytest.mark.parametrize("subject", ["mouse", "deer", "girl"])
def test_a_camera_that_follows_keeps_up_with_a_leap(subject):
    seen = list(masks(f"subject={subject} action=jump", step=3, width=192))
    assert all(mask.any() and not at_the_edge(mask) for mask in seen)


@pytest.mark.parametrize("subject", ["cup", "book", "car", "balloon"])
def test_what_falls_comes_down(subject):
    seen = list(masks(f"subject={subject} action=fall camera=static"))
    assert middle(seen[-1])[1] > middle(seen[0])[1] + 10


def test_who_turned_goes_back():
    first, request = clip_of("subject=girl action=turn camera=static")
    world = states(first, request)[-1].world
    back, request = clip_of("subject=girl action=walk camera=static")
    seen = [alpha(back, state) >= SOLID for state in states(back, request, world)]
    assert middle(seen[-1])[0] < middle(seen[0])[0] - 12


def test_one_who_passes_a_standing_leader_is_still_in_the_picture_at_the_end():
    clip, request = clip_of("subject=girl action=idle with=cat:run camera=static")
    last = states(clip, request)[-1]
    left, _, right, _ = (alpha(clip, last), clip.boxes[1])[1]
    assert clip.boxes[0][2] < right < request.width and left > 0


# ---------------------------------------------------------------- feet


def soles(clip: Clip, state: FrameState) -> list[tuple[float, float]]:
    """Return (left, right) of everything that touches the ground, in pixels of a picture that goes with the world."""
    camera_x, _, zoom = state.camera
    stage, member = clip.stage, clip.troupe.lead
    _, ground = stage.to_screen(0, 0, member.baseline)
    row = round((ground - stage.view.top) * stage.k)
    solid = np.clip((alpha(clip, state)[row - 3 : row - 1].astype(float).mean(0) - 205) / 50, 0, 1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], solid > 0.5, [0]])))
    moved = camera_x * zoom * stage.k
    runs = []
    for start, end in edges.reshape(-1, 2):
        left = start - (solid[start - 1] if start else 0)
        right = end + (solid[end] if end < len(solid) else 0)
        runs.append((left + moved, right + moved))
    return runs


def slides(text: str) -> list[float]:
    """Return how far each sole moved over the ground while it was planted, in pixels."""
    clip, request = clip_of(text, 854, 480, 40, 48)
    tracks: list[list[tuple[float, float]]] = []
    open_tracks: list[list[tuple[float, float]]] = []
    for state in states(clip, request):
        kept = []
        for left, right in soles(clip, state):
            mine = next((t for t in open_tracks if abs(t[-1][1] - t[-1][0] - right + left) < 0.7
                         and abs(t[-1][0] - left) < 0.4 * (right - left)), [])  # fmt: skip
            mine.append((left, right))
            kept.append(mine)
        tracks += [track for track in open_tracks if all(track is not one for one in kept)]
        open_tracks = kept
    planted = [track for track in tracks + open_tracks if len(track) >= 5]
    return [float(np.ptp([left + right for left, right in track])) / 2 for track in planted]


@pytest.mark.parametrize("camera", ["static", "follow"])
@pytest.mark.parametrize("subject", ["fox", "horse", "girl", "runner"])
@pytest.mark.parametrize("action", ["walk", "run"])
def test_a_planted_foot_does_not_slide(subject, action, camera):
    found = slides(f"subject={subject} action={action} scene=studio camera={camera}")
    assert len(found) >= 2
    assert max(found) < 1.0, sorted(found)


# ---------------------------------------------------------------- jumps, cameras


@pytest.mark.parametrize("subject", ["cat", "fox", "horse", "girl", "boy", "samurai"])
def test_a_jump_clears_what_stands_in_the_way(subject):
    clip, request = clip_of(f"subject={subject} action=jump things=fence camera=static", 427, 240, 40, 24)
    run = states(clip, request)
    sides = []
    for state in run:
        figure = alpha(clip, state) >= SOLID
        clip.stage.buffer[...] = 0
        fence(clip.stage, state.world.object_x, FENCE)
        obstacle = clip.stage.buffer[..., 3] >= SOLID
        assert obstacle.any() and not (figure & obstacle).any(), state.world.players[0].seconds
        sides.append(middle(figure)[0] > middle(obstacle)[0])
    assert not sides[0] and sides[-1]


def test_pushing_in_grows_the_figure_and_pulling_out_shrinks_it():
    for camera, sign in (("push_in", 1), ("pull_out", -1)):
        areas = [int(mask.sum()) for mask in masks(f"subject=cup action=idle camera={camera}", step=5)]
        assert all(sign * (after - before) >= 0 for before, after in itertools.pairwise(areas))
        assert max(areas) > 1.4 * min(areas)


# ---------------------------------------------------------------- together


@pytest.mark.parametrize(
    ("text", "upper", "share"),
    [
        ("subject=boy action=ride", 0, 0.1),
        ("subject=bicycle action=walk", 1, 0.1),
        ("subject=samurai action=ride with=horse:walk", 0, 0.33),
        ("subject=girl action=walk with=umbrella:walk", 1, 0.3),
        ("subject=woman action=idle with=balloon", 1, 0.3),
    ],
)
def test_who_rides_or_is_held_is_one_with_who_carries_it_and_off_the_ground(text, upper, share):
    clip, request = clip_of(text, 427, 240)
    for state in states(clip, request)[::6]:
        pieces, _, stats, _ = cv2.connectedComponentsWithStats((alpha(clip, state) > 128).astype(np.uint8))
        sizes = sorted(stats[1:, cv2.CC_STAT_AREA])
        assert pieces >= 2 and sizes[-1] > 0.9 * sum(sizes)
        borne, bearer = clip.boxes[upper], clip.boxes[1 - upper]
        assert min(borne[2], bearer[2]) > max(borne[0], bearer[0])
        assert borne[3] < bearer[3] - share * (bearer[3] - bearer[1])


def test_wading_out_of_the_water_begins_where_swimming_ended():
    swimming, request = clip_of("subject=girl action=swim scene=lake", frames=40, fps=60)
    last = states(swimming, request)[-1]
    walking, request = clip_of("subject=girl action=walk scene=lake", frames=40, fps=60)
    following = states(walking, request, last.world)
    assert np.array_equal(alpha(swimming, last), alpha(walking, following[0]))
    heights = [np.flatnonzero((alpha(walking, state) >= SOLID).any(1))[0] for state in following]
    assert heights[-1] < heights[0] - 10
    assert np.abs(np.diff(heights)).max() <= 3
