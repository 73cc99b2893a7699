"""The tray in the header: what is being made, on every tab."""

from dataclasses import dataclass, field
from typing import Any

from studio.errors import NotFound
from studio.jobs import Job, Jobs
from studio.library import Library
from studio.text import say
from studio.ui.markup import render
from studio.ui.views import preview
from studio.ui.words import capital, complaint_of, job_title, wait

RING = 53.4
"""Circumference of the ring in its own units."""


@dataclass(frozen=True)
class Tray:
    """Lists the newest jobs, those still running first."""

    library: Library
    jobs: Jobs
    _posters: dict[str, str] = field(default_factory=dict)

    def html(self, language: str) -> str:
        """Return the tray as it is now."""
        recent = self.jobs.recent()
        running = [job for job in recent if not job.ended]
        ended = [job for job in recent if job.ended]
        progress = sum(job.progress for job in running) / len(running) if running else 0.0
        count = {"count": self.jobs.count_unended() if running else 0}
        return render(
            "tray",
            language,
            {
                "jobs": [self._row(job, language) for job in [*running, *ended][:8]],
                "busy": len(running),
                "arc": round(RING * max(0.04, progress), 1),
                "label": say("tray_some", language, count) if running else say("tray_none", language),
            },
        )

    def _row(self, job: Job, language: str) -> dict[str, Any]:
        row = {
            "id": job.id,
            "target": job.id,
            "title": job_title(job, language),
            "again": job.again is not None,
            "status": job.status,
            "poster": "",
            "bar": False,
        }
        row |= {"icon": "", "act": "", "act_label": "", "act_icon": "", "tone": "mute"}
        row["percent"] = round(100 * job.progress)
        row["words"] = _words(job, language)
        if not job.ended:
            row |= {"bar": job.status == "working", "act": "cancel", "act_icon": "x", "poster": preview(job)}
        elif job.status == "done" and job.clip_id:
            row |= {"tone": "good", "icon": "shelf" if job.reused else "check", "act": "show", "act_icon": "play"}
            row |= {"target": job.clip_id, "poster": self._poster(job.clip_id)}
        elif job.status == "failed":
            row |= {"tone": "bad", "icon": "warn", "act": "retry", "act_icon": "retry"}
        if row["act"]:
            row["act_label"] = say(f"tray_{row['act']}", language, {"title": row["title"]})
        return row

    def _poster(self, clip_id: str) -> str:
        """Return the address of a clip's poster, which never changes; empty once the clip is gone."""
        if clip_id not in self._posters:
            if len(self._posters) > 500:
                self._posters.clear()
            try:
                self._posters[clip_id] = f"media/{self.library.clip(clip_id).poster}"
            except NotFound:
                return ""
        return self._posters[clip_id]


def _words(job: Job, language: str) -> str:
    if job.status == "waiting":
        return say("tray_waiting", language, {"wait": wait(job.seconds_left or 0, language)})
    if job.status == "working":
        values = {"doing": say(job.doing, language), "percent": round(100 * job.progress)}
        return capital(say("tray_working", language, values))
    if job.status == "done":
        return say(("tray_reused" if job.reused else "tray_done") if job.clip_id else "tray_gone", language)
    if job.status == "failed":
        return complaint_of(job.error, language) or say("tray_failed", language)
    return say("tray_cancelled", language)
