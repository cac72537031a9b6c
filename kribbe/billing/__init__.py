"""What care costs, asked and owed: prices, payers and their shares, the monthly run, invoices, and the ledger."""
