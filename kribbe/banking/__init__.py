"""Money in and out: statements of the bank, payments matched with invoices, direct debits and refunds."""
