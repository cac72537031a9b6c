"""Official figures: what the authority counted per municipality, brought in to hold the register to it."""
