"""Who works when, in half-hours: what a week needs, a proposal that covers it, and why something stays uncovered."""
