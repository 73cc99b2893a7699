"""One file per measured claim; each prints JSON and measures its peer in the same run."""
