"""Events that work themselves, where a card is lent to the visitor whose event asks for it, as on a ZeroGPU Space."""

from collections.abc import Iterable

from gradio.events import Dependency

from studio.jobs import Jobs
from studio.ui.wire import Ask, Updates, Wire


def work_after(events: Iterable[Dependency], wire: Wire, jobs: Jobs) -> None:
    """Let each of these events be followed by one that works on what was asked for; where no card is lent, by none.

    What was asked for is seen at once, and the timer shows how far it is, because the event itself has ended by then.
    """

    def visit(ask: Ask) -> Updates:
        while ask.seat.asked:
            jobs.visit(ask.seat.asked.popleft())
        return {}

    for event in events if jobs.engines.lent else ():
        wire.after(event, visit)
