"""Starts the studio: settings, library, jobs and page meet here and nowhere else."""

import logging
import os
import signal
import sys
import threading

from studio.errors import Invalid, StudioError
from studio.jobs import Jobs
from studio.library import Library
from studio.settings import Settings, spoken_language
from studio.text import say

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio when it is imported
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def main() -> int:
    """Run the studio until it is told to stop; return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    try:
        settings = Settings.read()
        library = Library.open(settings)
        try:
            serve(library, settings, stop)
        finally:
            library.close()
    except StudioError as error:
        sys.stderr.write(f"{say(error.code, spoken_language(), error.values)}\n")
        return 1
    return 0


def serve(library: Library, settings: Settings, stop: threading.Event) -> None:
    """Work and answer until `stop` is set; raises Invalid when the port is taken."""
    from studio.ui.page import build_page  # after the two lines above, which Gradio reads on import
    from studio.ui.theme import theme
    from studio.web import FAVICON, app_kwargs

    jobs = Jobs(library, settings)
    page = build_page(library, jobs, settings)
    try:
        _, address, _ = page.launch(
            server_name=settings.host,
            server_port=settings.port,
            theme=theme(),
            favicon_path=FAVICON,
            app_kwargs=app_kwargs(library),
            footer_links=["api"],  # without it there is no API page; the footer itself is hidden
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            show_error=False,
            ssr_mode=False,
            pwa=False,
            run_history=False,
            enable_monitoring=False,
            max_file_size="1kb",
        )
    except OSError as error:
        raise Invalid("port_taken", {"port": settings.port, "host": settings.host}) from error
    try:
        jobs.start()
        sys.stdout.write(f"{say('page_address', settings.language, {'address': address.rstrip('/')})}\n")
        sys.stdout.flush()
        stop.wait()
    finally:
        page.close(verbose=False)
        jobs.close()


if __name__ == "__main__":
    sys.exit(main())
