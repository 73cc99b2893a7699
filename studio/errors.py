"""What a person can mend.

StudioError             show this: what happened and what to do
|-- Invalid             something typed or chosen cannot be used as it is
|-- NotFound            what was asked for does not exist, or no longer does
|-- Failed              a job ended without a result
`-- StorageError        the data folder or the database cannot be used as it is

Each carries a code of the text catalogue (`assets/text/errors.toml`) and the values its message names, so that the
same error can be kept in the database and said in any language. Everything else is a defect: it is logged whole
and shown as unexpected with a reference.
"""

import secrets
from collections.abc import Mapping
from typing import Any


def new_reference() -> str:
    """Return what ties an unexpected error, as it is shown to a person, to its entry in the log, such as R-7F3A-20."""
    return f"R-{secrets.token_hex(2)}-{secrets.token_hex(1)}".upper()


class StudioError(Exception):
    """An error a person can mend; `code` names its words in the text catalogue."""

    def __init__(self, code: str, values: Mapping[str, str | int | float] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code} ({named})" if named else self.code

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able data, to be kept with a failed step."""
        return {"code": self.code, "values": self.values}


class Invalid(StudioError):
    """Something typed or chosen cannot be used as it is."""


class NotFound(StudioError):
    """What was asked for does not exist, or no longer does."""


class Failed(StudioError):
    """A job ended without a result."""


class StorageError(StudioError):
    """The data folder or the database cannot be used as it is."""
