"""IS THIS MACHINE FIT: what ``%pfconn doctor`` looks at, one idea per file."""
