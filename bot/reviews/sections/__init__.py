"""The sections of a review, one file each: facts in, headed blocks out."""
