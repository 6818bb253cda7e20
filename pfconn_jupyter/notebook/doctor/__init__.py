"""What ``%pfconn doctor`` looks at in a notebook."""
