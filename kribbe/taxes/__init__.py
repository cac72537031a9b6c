"""What authorities ask: the tax certificate, monthly and yearly reports."""
