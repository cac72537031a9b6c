"""Out-of-school care: schools, moments of a school year, holiday weeks, and who was there."""
