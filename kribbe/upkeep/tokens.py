"""What the links in mails of this room are for; each is good until its day."""

QUESTION = "upkeep.still-needed"
INVITATION = "upkeep.invitation"
