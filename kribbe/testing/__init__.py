"""What the tests of all rooms share: a database server of their own, mail, browser, clock."""
