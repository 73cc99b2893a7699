"""Painters that scenes are made of: sky, land, plants, city, weather."""
