"""One file a step; never edit one that was released, add the next."""
