"""``python -m track_anything.cli`` is ``track-anything``."""

import sys

from track_anything.cli.parser import main

sys.exit(main())
