"""The page: one file per tab or panel, composed in page.py."""
