"""Pages of the region room: what everybody may read of a desk, and the desk's own settings."""
