"""What banks send and are sent: statements read strictly, and whose payment a movement is."""
