"""The Wan engines: text and pictures to video with the weights of the Wan family, through diffusers.

Naming one loads neither torch nor diffusers; both come with the first take.
"""

from models.wan.engine import Wan
from models.wan.host import Host
from models.wan.levers import Levers
from models.wan.profiles import Profile, profiles

__all__ = ["Host", "Levers", "Profile", "Wan", "profiles"]
