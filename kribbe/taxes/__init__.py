"""What authorities ask: the tax certificate 281.86, the monthly reports of attendance, and the figures of a year."""
