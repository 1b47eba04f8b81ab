"""Settings of this folder."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long an example takes is nobody's contract
settings.load_profile("untimed")
