"""What each press on the Storyboard tab does: an `act` changes the turn it is given."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from models.engine import Prompt
from studio.errors import Invalid, NotFound
from studio.jobs import Jobs
from studio.library import Library
from studio.prompts.cast import member, renamed
from studio.prompts.continuity import default_wording
from studio.prompts.story import split_story
from studio.storyboard import SEGMENTS_LIMIT, CastMember, Look, Segment, Storyboard
from studio.text import say
from studio.ui.adapters import toggled
from studio.ui.engines import look_again
from studio.ui.form import another_seed, read_seed
from studio.ui.seat import Undone
from studio.ui.storyboard import edits
from studio.ui.storyboard.advice import hints
from studio.ui.storyboard.story import sample_stories
from studio.ui.wire import Ask

UNDONE_KEPT = 20
TOLD_KEPT = 10 * SEGMENTS_LIMIT

T = TypeVar("T")


@dataclass
class Turn:
    """One press: the storyboard as it is found and as it is left."""

    ask: Ask
    story: Storyboard
    says: str = ""
    """What the toast says."""
    undo: str = ""
    """Index, among what can be undone, of what Undo on the toast gives back."""
    mends: bool = False
    """Whether it was just ticked that a weak segment is to be tried again."""

    @property
    def segment_id(self) -> str:
        """Return the segment the press was about, else the one in the editor."""
        return self.ask.sent.get("segment", "") or self.ask.seat.board.chosen

    def choose(self, segment_id: str) -> None:
        """Put a segment into the editor."""
        self.ask.seat.board.chosen = segment_id

    def can_undo(self, key: str, undone: Undone, values: Mapping[str, object] | None = None) -> None:
        """Offer on a toast to undo what was just done."""
        kept = self.ask.seat.board.undone
        kept.append(undone)
        if len(kept) > UNDONE_KEPT:
            kept[-UNDONE_KEPT - 1] = Undone(Storyboard(Look(), ()))
        self.says, self.undo = say(key, self.ask.language, values), str(len(kept) - 1)


Act = Callable[[Turn], None]


class Acts:
    """Everything that can be pressed, by the name of its act."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self._storyboards = library.storyboards
        self._jobs = jobs
        self._told: dict[str, Segment] = {}
        """Id of a segment -> what the story said of it when it was last split, the newest at the end."""

    def act(self, name: str) -> Act | None:
        """Return what a press of this name does; None when it only sends what was typed."""
        acts: dict[str, Act] = {
            "choose": lambda turn: turn.choose(turn.segment_id),
            "seam": lambda turn: turn.choose(turn.segment_id),
            "split": self._split,
            "sample": self._sample,
            "open_story": self._open,
            "new_story": self._begin,
            "add": self._add,
            "duplicate": self._duplicate,
            "left": lambda turn: self._move(turn, -1),
            "right": lambda turn: self._move(turn, 1),
            "drop": self._drop,
            "put_back": self._put_back,
            "hint": self._accept,
            "all_seams": self._join_all,
            "film": self._film,
            "engine": self._engine,
            "use_engine": self._use_engine,
            "adapter": self._adapter,
            "adapter_words": self._adapter_words,
            "cancel": lambda turn: self._cancel(turn.ask.sent.get("id", "")),
            "again": self._film,
            "take": self._another_take,
            "choose_take": self._choose_take,
            "member": self._write_member,
            "no_member": self._leave_member,
            "keep_member": self._keep_member,
            "drop_member": self._drop_member,
        }
        return acts.get(name)

    def new(self, language: str) -> Storyboard:
        """Return the storyboard of which nothing was said yet."""
        return Storyboard(Look(), (), wording=default_wording(language))

    def _split(self, turn: Turn) -> None:
        before = turn.story
        stay = self._tell(turn)
        if before.segments and before.segments != turn.story.segments:
            count = {"count": len(turn.story.segments)}
            turn.can_undo("board_split_again", Undone(before, after=turn.story), count)
        turn.says = " · ".join(filter(None, (turn.says, stay)))

    def _sample(self, turn: Turn) -> None:
        wanted = turn.ask.sent.get("name", "")
        path = next((path for path in sample_stories(turn.ask.language) if path.name == wanted), None)
        if path is None:
            return
        before = turn.story
        turn.story = replace(turn.story, story=path.read_text(encoding="utf-8").strip())
        stay = self._tell(turn)
        if before.story.strip() or before.segments:
            turn.can_undo("board_split_sample", Undone(before, after=turn.story))
        turn.says = " · ".join(filter(None, (turn.says, stay)))

    def _tell(self, turn: Turn) -> str:
        """Make segments of the story; return what there is to say of the cast it describes."""
        draft = split_story(turn.story.story, turn.ask.language)
        turn.story = edits.split_again(turn.story, draft.segments, self._told)
        told = {one.id: new for one, new in zip(turn.story.segments, draft.segments, strict=True)}
        older = [(name, one) for name, one in self._told.items() if name not in told]
        self._told = dict([*older, *told.items()][-TOLD_KEPT:])
        turn.choose(turn.story.segments[0].id)
        names = [f"@{one.name}" for one in self._introduce(turn, draft.cast)]
        comma = say("create_comma", turn.ask.language)
        return say("board_stays_in_cast", turn.ask.language, {"names": comma.join(names)}) if names else ""

    def _introduce(self, turn: Turn, members: Sequence[CastMember]) -> tuple[CastMember, ...]:
        """Enter whom the story describes; return who stays as the cast has them although the story says otherwise.

        Only a line that was changed since it was last split here changes the words of one who is there.
        """
        told, known = turn.ask.seat.board.told, {one.name.casefold(): one for one in self._storyboards.cast()}
        for one in members:
            name = one.name.casefold()
            line = turn.story.id, name
            if name in known and told.get(line, one.words) != one.words:
                self._storyboards.keep_member(replace(known[name], words=one.words))
            told[line] = one.words
        return self._storyboards.introduce(members)

    def _open(self, turn: Turn) -> None:
        turn.story = self._storyboards.load(turn.ask.sent.get("id", ""))
        self._turn_to(turn)

    def _begin(self, turn: Turn) -> None:
        turn.story = self.new(turn.ask.language)
        self._turn_to(turn)

    def _turn_to(self, turn: Turn) -> None:
        board = turn.ask.seat.board
        board.story, board.member = turn.story.id, None
        turn.choose(turn.story.segments[0].id if turn.story.segments else "")

    def _add(self, turn: Turn) -> None:
        after = turn.ask.sent.get("segment", "")
        _refuse_more(turn.story)
        turn.story, added = edits.add_after(turn.story, after)
        turn.choose(added.id)

    def _duplicate(self, turn: Turn) -> None:
        _refuse_more(turn.story)
        turn.story, copy = edits.duplicate(turn.story, turn.segment_id)
        if copy is not None:
            turn.choose(copy.id)

    def _move(self, turn: Turn, places: int) -> None:
        turn.story = edits.move(turn.story, turn.segment_id, places)

    def _drop(self, turn: Turn) -> None:
        before, dropped = turn.story, turn.segment_id
        at = edits.index_of(before, dropped)
        if at < 0:
            return
        turn.story = edits.drop(before, dropped)
        left = turn.story.segments
        turn.choose(left[min(at, len(left) - 1)].id if left else "")
        turn.can_undo("board_dropped", Undone(before, dropped), {"number": at + 1})

    def _put_back(self, turn: Turn) -> None:
        undone = _numbered(turn.ask.seat.board.undone, turn.ask.sent.get("id", ""))
        if undone is None:
            return
        turn.says = say("board_undone", turn.ask.language)
        if undone.member is not None:
            self._storyboards.keep_member(undone.member, was="")
            return
        if undone.before.id != turn.story.id:
            turn.story = self._storyboards.load(undone.before.id)
            self._turn_to(turn)
        if undone.after is not None:
            self._unsplit(turn, undone.before, undone.after)
        elif edits.index_of(turn.story, undone.segment_id) < 0:
            _refuse_more(turn.story)
            turn.story = edits.put_back(turn.story, undone.before, undone.segment_id)
            turn.choose(undone.segment_id)

    def _unsplit(self, turn: Turn, before: Storyboard, after: Storyboard) -> None:
        now, turn.story = turn.story, edits.unsplit(turn.story, before, after)
        _refuse_more(turn.story, 0)
        turn.choose(turn.story.segments[0].id if turn.story.segments else "")
        if now != turn.story:
            turn.can_undo("board_undone", Undone(now, after=turn.story))

    def _accept(self, turn: Turn) -> None:
        hint = _numbered(hints(turn.story, turn.ask.language), turn.ask.sent.get("index", ""))
        if hint is not None:
            turn.story = edits.accept(turn.story, hint)

    def _join_all(self, turn: Turn) -> None:
        turn.story = edits.join_all(turn.story, turn.ask.sent.get("value", ""))

    def _film(self, turn: Turn) -> None:
        turn.ask.seat.asked.append(self._jobs.submit_film(turn.story).id)

    def _engine(self, turn: Turn) -> None:
        self._use_engine(turn)
        self._film(turn)

    def _use_engine(self, turn: Turn) -> None:
        engine, engines = turn.ask.sent.get("engine", ""), self._jobs.engines
        if engine in engines.ready:
            now, looks = turn.story.look, turn.ask.seat.board.looks
            looks[turn.story.id, now.engine] = now
            before = looks.get((turn.story.id, engine))
            turn.story = replace(turn.story, look=look_again(engines, engine, now, before))

    def _adapter(self, turn: Turn) -> None:
        look = turn.story.look
        adapters = toggled(look.adapters, turn.ask.sent.get("name", ""))
        turn.story = replace(turn.story, look=replace(look, adapters=adapters))

    def _adapter_words(self, turn: Turn) -> None:
        before, words = turn.story, turn.ask.sent.get("words", "")
        turn.story = edits.with_style(before, words)
        turn.can_undo("adapters_added", Undone(before, after=turn.story), {"words": words})

    def _cancel(self, job_id: str) -> None:
        self._jobs.cancel(job_id)

    def _another_take(self, turn: Turn) -> None:
        segment = edits.segment_of(turn.story, turn.segment_id)
        if segment is not None:
            wanted = edits.put(turn.story, replace(segment, seed=int(another_seed())))
            job = self._jobs.submit_take(wanted, segment.id)  # raises before anything is kept
            turn.ask.seat.asked.append(job.id)
            turn.story = wanted
            turn.choose(segment.id)

    def _choose_take(self, turn: Turn) -> None:
        segment = edits.segment_of(turn.story, turn.segment_id)
        if segment is not None:
            turn.story = edits.put(turn.story, replace(segment, seed=read_seed(turn.ask.sent.get("seed"))))

    def _write_member(self, turn: Turn) -> None:
        turn.ask.seat.board.member = turn.ask.sent.get("name", "")[:40]

    def _leave_member(self, turn: Turn) -> None:
        turn.ask.seat.board.member = None

    def _keep_member(self, turn: Turn) -> None:
        form = _form(turn.ask)
        name, was = form.get("name", ""), turn.ask.sent.get("was", "")
        wanted = member(name, form.get("words", ""), form.get("kind", ""), form.get("picture", ""))
        cast = self._storyboards.cast()
        kept = self._storyboards.keep_member(wanted, was)
        if was and was != kept.name:
            self._rename(turn, cast, was, kept.name)
        self._leave_member(turn)

    def _rename(self, turn: Turn, cast: Sequence[CastMember], old: str, new: str) -> None:
        """Write the new name wherever the open storyboard has the old one."""
        segments = [replace(one, prompt=renamed(one.prompt, cast, old, new)) for one in turn.story.segments]
        story = renamed(Prompt(turn.story.story), cast, old, new).subject
        turn.story = replace(turn.story, story=story, segments=tuple(segments))

    def _drop_member(self, turn: Turn) -> None:
        name = turn.ask.sent.get("name", "")
        dropped = self._member(name)
        self._storyboards.drop_member(name)
        self._leave_member(turn)
        turn.can_undo("board_dropped_member", Undone(turn.story, member=dropped), {"name": dropped.name})

    def _member(self, name: str) -> CastMember:
        found = next((one for one in self._storyboards.cast() if one.name.casefold() == name.casefold()), None)
        if found is None:
            raise NotFound("cast_unknown", {"name": name[:40]})
        return found


def _refuse_more(storyboard: Storyboard, more: int = 1) -> None:
    if len(storyboard.segments) + more > SEGMENTS_LIMIT:
        raise Invalid("board_full", {"limit": SEGMENTS_LIMIT})


def _numbered(among: Sequence[T], number: str) -> T | None:
    """Return the one a press means by its index; None for what is no index."""
    sound = number.isdecimal() and len(number) < 7  # Python refuses to read thousands of digits
    return among[int(number)] if sound and int(number) < len(among) else None


def _form(ask: Ask) -> dict[str, str]:
    try:
        form = json.loads(ask.sent.get("form", "") or "{}")
    except (ValueError, RecursionError):
        return {}
    return {name: said for name, said in form.items() if isinstance(said, str)} if isinstance(form, dict) else {}
