"""Sick-child care: carers on call, asked one at a time, and a family told the same evening."""
