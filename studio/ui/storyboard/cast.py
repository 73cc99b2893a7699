"""The cast: who and what is named once and used as @name in any segment."""

from collections.abc import Sequence

from studio.prompts.cast import uses
from studio.storyboard import CAST_KINDS, CastMember, Storyboard
from studio.text import say
from studio.ui.markup import render


def cast_list(storyboard: Storyboard, cast: Sequence[CastMember], written: str | None, language: str) -> str:
    """Return the members and, for the one that is being written, its form; `written` is empty for a new one."""
    members = [
        {
            "name": member.name,
            "words": member.words,
            "picture": f"media/{member.picture}" if member.picture else "",
            "used": _used(storyboard, member, language),
            "on": member.name == written,
        }
        for member in cast
    ]
    return render("cast", language, {"members": members, "form": _form(cast, written, language)})


def _used(storyboard: Storyboard, member: CastMember, language: str) -> str:
    count = sum(uses(segment.prompt, member) for segment in storyboard.segments)
    return say("board_used", language, {"count": count}) if count else say("board_unused", language)


def _form(cast: Sequence[CastMember], written: str | None, language: str) -> dict[str, object] | None:
    if written is None:
        return None
    known = next((member for member in cast if member.name.casefold() == written.casefold()), None)
    member = known or CastMember(written, "")
    return {
        "key": f"form-{written}",
        "known": known is not None,
        "member": member,
        "kinds": [
            {"value": kind, "name": say(f"board_kind_{kind}", language), "on": kind == member.kind}
            for kind in CAST_KINDS
        ],
    }
