"""From a state of the world to a finished picture."""

import skia

from models.animatic.bonds import Post, order, posts
from models.animatic.light import Box, Placing, draw_subject
from models.animatic.painting.brook import WATERS, lapped
from models.animatic.painting.city import Traffic
from models.animatic.painting.land import fence
from models.animatic.painting.water import rings
from models.animatic.painting.weather import INDOORS, WEATHER, dust, steam
from models.animatic.plate import wash
from models.animatic.player import Player
from models.animatic.post import defocus, finish
from models.animatic.rigs.skin import Skin
from models.animatic.scenes import SCENES
from models.animatic.shot import RESTING, RESTING_BY_WATER, Shot
from models.animatic.spec import Spec
from models.animatic.stage import Moving, Setting, Stage
from models.animatic.troupe import Member, Troupe
from models.animatic.world import FrameState
from models.engine import ClipRequest, Frame

THINNEST = 0.26
"""A turning subject never gets thinner than this share of its width."""
DUSTLESS = 20.0
"""World units above the ground from which nobody stirs up dust."""
ASHORE = 0.5
"""Share of its draught up to which a figure counts as out of the water."""
FLYERS = Traffic(9, 130, 5)
FENCE = "#c8382f"


def _facing(direction: float, pose: dict[str, float]) -> float:
    """Return the subject's width with its direction, kept away from nothing while it turns."""
    facing = direction * pose.get("face", 1.0)
    return max(THINNEST, facing) if facing >= 0 else min(-THINNEST, facing)


class Clip:
    """Draws the states of one take."""

    def __init__(self, spec: Spec, request: ClipRequest, tints: list[list[float]] | None = None) -> None:
        self.spec = spec
        self.scene = SCENES[spec.scene]
        self.troupe = Troupe(spec, self.scene)
        self.stage = Stage(Setting(spec, request.seed, request.width, request.height))
        self.stage.afloat = all(member.afloat or member.flies for member in self.troupe.members)
        if tints:
            wash(self.stage, tints)
        self.stage.afloat = all(member.afloat or not member.subject.visible for member in self.troupe.members)
        self.surface: skia.Path | None = None
        """The water before the figures in the last frame drawn, in canvas pixels; None where there is none."""
        self.boxes: list[Box | None] = []
        """Where each figure is in the last frame drawn; it may reach beyond the picture."""

    @property
    def box(self) -> Box | None:
        """Return where the leader is in the last frame drawn; None when it is out of reach of the picture."""
        return self.boxes[0] if self.boxes else None

    def shot(self, request: ClipRequest) -> Shot:
        """Return what the world and its camera must know of the picture."""
        duration = request.num_frames / request.fps
        lead = self.troupe.lead
        resting = RESTING_BY_WATER if self.spec.water else RESTING
        return Shot(self.stage.view, duration, request.fps, request.seed, lead.baseline, lead.scale, resting)

    def draw(self, state: FrameState) -> Frame:
        """Return one finished frame."""
        stage, world = self.stage, state.world
        stage.now = Moving(world.time, state.camera, world.frame, world.pixel_colours)
        for painter in self.scene.back:
            painter.draw(stage)
        defocus(stage)
        self.surface = WATERS[self.spec.water].draw(stage) if self.spec.water else None
        if self.spec.thing("flyers"):
            FLYERS.draw(stage)
        barrier = self.spec.thing("fence")
        if barrier and world.object_x is not None:
            fence(stage, world.object_x, barrier.colour or FENCE)
        self.draw_figures(state)
        for painter in self.scene.front:
            painter.draw(stage)
        if self.spec.weather in (WEATHER if self.scene.outdoors else INDOORS):
            WEATHER[self.spec.weather].draw(stage)
        picture = finish(stage)
        world.pixel_colours = stage.now.pixel_colours
        return picture

    def draw_figures(self, state: FrameState) -> None:
        """Draw everybody, those farther away first."""
        stage, members, players, bonds = self.stage, self.troupe.members, state.world.players, self.troupe.bonds
        skins = [
            member.subject.skin(player.pose, state.world.time, stage.style.eye)
            for member, player in zip(members, players, strict=True)
        ]
        own = [self._post(member, player) for member, player in zip(members, players, strict=True)]
        where = posts(bonds, own, skins, [member.subject.grip for member in members])
        self.boxes = [None] * len(members)
        for index in order(bonds, [player.baseline for player in players]):
            if members[index].subject.visible:
                self.boxes[index] = self._draw_figure((members[index], players[index]), skins[index], where[index])

    def _post(self, member: Member, player: Player) -> Post:
        """Return where a figure is by itself."""
        scale = member.subject.scale * player.scale
        lift = player.lift - player.held * scale
        if not self.scene.submerged and not member.rides:
            lift += member.subject.draught * player.wet
        return Post(player.x, lift, _facing(player.direction, player.pose), scale)

    def _draw_figure(self, who: tuple[Member, Player], skin: Skin, post: Post) -> Box | None:
        stage, (member, player) = self.stage, who
        bound, afloat = member.held or member.rides, player.wet > ASHORE
        height = player.pose["air"] - (post.lift if bound else player.lift - player.held * post.scale)
        if self.scene.outdoors and not afloat and not bound and height < DUSTLESS:
            dust(stage, player.x, player.direction, player.speed + player.dash)
        placing = Placing(post.x, post.lift, post.facing, post.scale, height, player.baseline, afloat)
        box = draw_subject(stage, skin, placing, self.surface)
        if self.surface is not None and not bound and player.pose["laps"]:
            lapped(stage, self.surface, (*post.at(skin.mouth), player.pose["laps"]), player.baseline)
        if afloat and not self.scene.submerged and not bound:
            ends = sorted(post.at((x, 0.0))[0] for x in skin.bounds()[::2])
            rings(stage, ends[0], ends[1], player.baseline)
        if member.subject.steams or (self.spec.thing("steam") and member is self.troupe.lead):
            steam(stage, post.x, skin.bounds()[1] * post.scale + post.lift + 2)
        return box
