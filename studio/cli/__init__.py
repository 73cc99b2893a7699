"""The command line: python -m studio generate | film | library | serve | doctor.

What was asked for goes to standard output, everything said on the way to standard error. Exit codes: 0 done, 1 an
error a person can mend, 2 a wrong call, 130 interrupted.
"""

from studio.cli.main import main

__all__ = ["main"]
