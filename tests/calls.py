"""Many calls of the command line in one process, for those whose price is all in starting it.

Reads a JSON list of calls, each the list of its arguments; writes one of [exit code, output, complaint] for each.
"""

import contextlib
import io
import json
import sys

from studio.cli import main


def called(arguments: list[str]) -> tuple[int, str, str]:
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        code = main(arguments)
    output, complaint = (stream.buffer.getvalue().decode() for stream in streams)
    return code, output, complaint


if __name__ == "__main__":
    json.dump([called(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
