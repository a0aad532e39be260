"""A written picture is, pixel for pixel, the one that was drawn."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from metrics.chart_png import encoded


def test_another_program_reads_the_same_pixels() -> None:
    chance = np.random.default_rng(5)
    pixels = chance.integers(0, 256, (7, 11, 4), dtype=np.uint8)  # rows that rise and fall: differences wrap at 256
    read = Image.open(BytesIO(encoded(pixels)))
    assert (read.format, read.mode, read.size) == ("PNG", "RGB", (11, 7))
    assert (np.asarray(read) == pixels[:, :, :3]).all()
